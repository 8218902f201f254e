# title: Classes get some of their methods in a later cell, as functions assigned to them
# %% instead of linear
class Linear(object):
    def __init__(self, in_features, out_features):
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
        self.init_params()
        self.cache = self.weight_grad = self.bias_grad = None

    def init_params(self, std=1.):
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)
# %% instead of linear
def linear_forward(self, x):
    self.cache = x
    return x @ self.weight + self.bias

Linear.forward = linear_forward
# %% instead of linear
def linear_backward(self, dupstream):
    self.weight_grad = self.cache.T @ dupstream
    self.bias_grad = dupstream.sum(dim=0)
    return dupstream @ self.weight.T

Linear.backward = linear_backward
# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
        raise NotImplementedError
# %% after net
def optimizer_step(self, lr):
    for layer in self.layers:
        if hasattr(layer, 'weight'):
            layer.weight = layer.weight - lr * layer.weight_grad
            layer.bias = layer.bias - lr * layer.bias_grad

Net.optimizer_step = optimizer_step
