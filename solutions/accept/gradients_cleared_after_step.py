# title: After a step the used gradients are thrown away, so that none can be used twice
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
                layer.weight_grad = None
                layer.bias_grad = None
