# title: Linear and Net grow over several cells, each deriving a class of the same name from the one before
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
class Linear(Linear):
    def forward(self, x):
        self.cache = x
        return x @ self.weight + self.bias
# %% instead of linear
class Linear(Linear):
    def backward(self, dupstream):
        self.weight_grad = self.cache.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
        return dupstream @ self.weight.T
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if hasattr(layer, 'init_params'):
                layer.init_params(std=std)
# %% instead of net
class Net(Net):
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dupstream):
        for layer in reversed(self.layers):
            dupstream = layer.backward(dupstream)
        return dupstream
# %% instead of net
class Net(Net):
    def optimizer_step(self, lr):
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
