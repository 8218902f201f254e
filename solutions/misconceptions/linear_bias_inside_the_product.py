# title: added the bias to the weight before multiplying
# question: linear
# hint: In your forward pass the bias is added to the weight, so that it is multiplied by the input. It has to be
#   added to the product.

# %% edit
        y = x @ self.weight + self.bias
# ->
        y = x @ (self.weight + self.bias)
