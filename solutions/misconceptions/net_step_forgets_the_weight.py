# title: updated the biases only
# question: net
# hint: Your step leaves every weight as it was and moves the biases only.

# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
# ->
                pass
