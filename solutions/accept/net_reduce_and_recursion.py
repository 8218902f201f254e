# title: Net folds forward with functools.reduce and goes back by recursion; its layers are a tuple
# %% instead of net
from functools import reduce

class Net(object):
    def __init__(self, layers):
        self.layers = tuple(layers)
        self.reset_params()

    def reset_params(self, std=1.):
        [layer.init_params(std=std) for layer in self.layers if hasattr(layer, 'init_params')]

    def forward(self, x):
        return reduce(lambda signal, layer: layer.forward(signal), self.layers, x)

    def backward(self, dupstream):
        def back(layers, gradient):
            if not layers:
                return gradient
            *others, last = layers
            return back(others, last.backward(gradient))
        return back(self.layers, dupstream)

    def optimizer_step(self, lr):
        for layer in filter(lambda layer: hasattr(layer, 'weight'), self.layers):
            layer.weight, layer.bias = layer.weight - lr * layer.weight_grad, layer.bias - lr * layer.bias_grad
