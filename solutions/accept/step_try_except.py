# title: The step asks forgiveness: layers without parameters raise AttributeError, which is passed over
# %% edit
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
            try:
                new_weight = layer.weight - lr * layer.weight_grad
                new_bias = layer.bias - lr * layer.bias_grad
            except AttributeError:
                continue
            layer.weight, layer.bias = new_weight, new_bias
