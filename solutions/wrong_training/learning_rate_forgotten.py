# title: the step has the length of the gradient, whatever the learning rate

# %% edit
layer.weight = layer.weight - lr * layer.weight_grad
# ->
layer.weight = layer.weight - layer.weight_grad
