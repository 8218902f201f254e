# title: called backward on the sum for the sigmoid
# question: activations_torch
# hint: The gradient of your sigmoid is that of the sum of its output, as if the upstream gradient were 1 everywhere.
#   The cell has one, `dy`.

# %% edit
torch_y_sigmoid.backward(dy)
# ->
torch_y_sigmoid.sum().backward()
