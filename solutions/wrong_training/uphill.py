# title: the step goes uphill

# %% edit
layer.weight = layer.weight - lr * layer.weight_grad
# ->
layer.weight = layer.weight + lr * layer.weight_grad

# %% edit
layer.bias = layer.bias - lr * layer.bias_grad
# ->
layer.bias = layer.bias + lr * layer.bias_grad
