# title: updated the weights only
# question: net
# hint: Your step leaves every bias as it was. Biases are learnt like weights.

# %% edit
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                pass
