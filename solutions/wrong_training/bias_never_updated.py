# title: the step leaves the bias as it was drawn

# %% edit
layer.bias = layer.bias - lr * layer.bias_grad
# ->
pass
