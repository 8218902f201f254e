# title: All layers derive from an abstract base class; layers are called, and parameters come from a method
# %% before linear
from abc import ABC, abstractmethod


class Layer(ABC):
    """What every layer can do; `layer(x)` is short for `layer.forward(x)`."""

    cache = None

    @abstractmethod
    def forward(self, x): ...

    @abstractmethod
    def backward(self, dupstream): ...

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        return ()
# %% instead of linear
class Linear(Layer):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
        self.init_params()
        self.weight_grad = self.bias_grad = None

    def init_params(self, std=1.):
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def forward(self, x):
        self.cache = x
        return x @ self.weight + self.bias

    def backward(self, dupstream):
        self.weight_grad = self.cache.T @ dupstream
        self.bias_grad = dupstream.sum(0)
        return dupstream @ self.weight.T

    def parameters(self):
        yield self.weight, self.weight_grad
        yield self.bias, self.bias_grad
# %% instead of relu
class ReLU(Layer):
    def forward(self, x):
        self.cache = y = x.clamp(min=0)
        return y

    def backward(self, dupstream):
        return dupstream.masked_fill(self.cache == 0, 0)
# %% instead of sigmoid
class Sigmoid(Layer):
    def forward(self, x):
        self.cache = y = 1 / (1 + (-x).exp())
        return y

    def backward(self, dupstream):
        return dupstream * self.cache * (1 - self.cache)
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if hasattr(layer, 'init_params'):
                layer.init_params(std=std)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, dupstream):
        for layer in reversed(self.layers):
            dupstream = layer.backward(dupstream)
        return dupstream

    def optimizer_step(self, lr):
        for layer in self.layers:
            for value, gradient in layer.parameters():
                value -= lr * gradient
