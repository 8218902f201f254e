# title: called backward on the sum of the output
# question: linear_torch
# hint: Your gradients are those of the sum of the output, as if the upstream gradient were 1 everywhere. The cell has
#   one, `dy`.

# %% edit
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.sum().backward()
