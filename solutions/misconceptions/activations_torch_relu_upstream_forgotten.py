# title: called backward on the sum for the ReLU
# question: activations_torch
# hint: The gradient of your ReLU is that of the sum of its output, as if the upstream gradient were 1 everywhere. The
#   cell has one, `dy`.

# %% edit
torch_y_relu.backward(dy)
# ->
torch_y_relu.sum().backward()
