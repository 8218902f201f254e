# title: went back twice
# question: torchnet_use
# hint: Your gradient is twice what it should be: autograd adds to the gradients that are there already, and you went
#   back twice.

# %% edit
torch_y = torch_net(torch_x)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_net(torch_x)

# Backward pass
torch_y.backward(dy, retain_graph=True)
torch_y.backward(dy)
