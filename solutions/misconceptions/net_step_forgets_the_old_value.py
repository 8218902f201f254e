# title: replaced the parameters by the step
# question: net
# hint: After your step the parameters are the step itself. It has to start from where they were.

# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
# ->
                layer.weight = -lr * layer.weight_grad

# %% edit
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.bias = -lr * layer.bias_grad
