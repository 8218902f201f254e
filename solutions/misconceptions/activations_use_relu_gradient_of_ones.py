# title: sent ones back through the ReLU
# question: activations_use
# hint: You send ones back through the ReLU. The cell has an upstream gradient for it, `dy`.

# %% edit
dx_relu = relu.backward(dy)
# ->
dx_relu = relu.backward(torch.ones_like(dy))
