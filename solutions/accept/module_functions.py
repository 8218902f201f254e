# title: The formulas are functions of their own in earlier cells; the methods only call them
# %% before linear
def affine(x, weight, bias):
    return x @ weight + bias

def affine_gradients(x, weight, d):
    return d @ weight.T, x.T @ d, d.sum(dim=0)
# %% before linear
logistic = lambda t: 1 / (1 + torch.exp(-t))
def logistic_slope(y): return y * (1 - y)
positive_part = torch.clamp
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = affine(x, self.weight, self.bias)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx, self.weight_grad, self.bias_grad = affine_gradients(x, self.weight, dupstream)
# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = positive_part(x, min=0)
# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = logistic(x)
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * logistic_slope(y)
# %% before net
def descend(value, gradient, rate):
    """One step of gradient descent."""
    return value - rate * gradient
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight = descend(layer.weight, layer.weight_grad, lr)
                layer.bias = descend(layer.bias, layer.bias_grad, lr)
