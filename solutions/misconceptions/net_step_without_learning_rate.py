# title: subtracted the whole gradient
# question: net
# hint: Your step subtracts the whole gradient. How far it goes is for the learning rate to say.

# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
# ->
                layer.weight = layer.weight - layer.weight_grad

# %% edit
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.bias = layer.bias - layer.bias_grad
