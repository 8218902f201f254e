# title: The step recognises layers with parameters by isinstance(layer, Linear)
# %% edit
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
            if isinstance(layer, Linear):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
