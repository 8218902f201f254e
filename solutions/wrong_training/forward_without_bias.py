# title: the forward pass leaves the bias out

# %% edit
y = x @ self.weight + self.bias
# ->
y = x @ self.weight
