# title: called backward on the mean of the output
# question: torchnet_use
# hint: Your gradient is that of the mean of the output. The upstream gradient `dy` has a 1 for each entry, which is
#   the gradient of the sum.

# %% edit
torch_y = torch_net(torch_x)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_net(torch_x)

# Backward pass
torch_y.mean().backward()
