# title: sent the output back instead of dy
# question: linear_use
# hint: You send the output `y` back through the layer. What goes back is the upstream gradient, `dy`, which has the
#   same shape but says something else.

# %% edit
# Backward pass
dx = layer.backward(dy)
# ->
# Backward pass
dx = layer.backward(y)
