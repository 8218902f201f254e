# title: fed PyTorch's sigmoid with the output of its ReLU
# question: activations_torch
# hint: PyTorch's sigmoid gets the output of the ReLU. Here each of them is tried for itself, on its own copy of the
#   input.

# %% edit
torch_y_sigmoid = torch_sigmoid(x_sigmoid)
# ->
torch_y_sigmoid = torch_sigmoid(torch_y_relu.detach())

# %% edit
torch_y_sigmoid.backward(dy)
# ->
pass
