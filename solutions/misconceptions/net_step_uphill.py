# title: added the gradient instead of subtracting it
# question: net
# hint: Your step goes uphill: gradients point to where the loss grows, so the parameters have to move the other way.

# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
# ->
                layer.weight = layer.weight + lr * layer.weight_grad

# %% edit
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.bias = layer.bias + lr * layer.bias_grad
