# title: subtracted the bias
# question: linear
# hint: Your output is that of a layer that subtracts its bias instead of adding it.

# %% edit
        y = x @ self.weight + self.bias
# ->
        y = x @ self.weight - self.bias
