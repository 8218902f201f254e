# title: The step passes over activations by their type, and takes every other layer to have parameters
# %% edit
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
            if type(layer) in (ReLU, Sigmoid):
                continue
            layer.weight -= lr * layer.weight_grad
            layer.bias -= lr * layer.bias_grad
