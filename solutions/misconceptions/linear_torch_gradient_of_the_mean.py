# title: called backward on the mean of the output
# question: linear_torch
# hint: Your gradients are those of the mean of the output. The cell has an upstream gradient, `dy`, which the
#   backward pass takes.

# %% edit
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.mean().backward()
