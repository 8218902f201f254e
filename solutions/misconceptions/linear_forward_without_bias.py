# title: forgot the bias in the forward pass
# question: linear
# hint: Your output is the product of input and weight alone: the bias is missing.

# %% edit
        y = x @ self.weight + self.bias
# ->
        y = x @ self.weight
