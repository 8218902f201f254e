# title: went back twice
# question: linear_torch
# hint: Your gradients are twice what they should be: autograd adds to the gradients that are there already, and you
#   went back twice.

# %% edit
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_layer(x_lin)

# Backward pass
torch_y.backward(dy, retain_graph=True)
torch_y.backward(dy)
