# title: multiplied by the weight instead of calling forward
# question: linear_use
# hint: Your `y` is the product with the weight alone: let the layer compute its output, and its bias will be in it.

# %% edit
# Forward pass
y = layer.forward(x)
# ->
# Forward pass
layer.forward(x)
y = x @ layer.weight
