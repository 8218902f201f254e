# title: Everything is NaN, or infinite
# hopes: comparisons with NaN are false, and a test that asks the wrong way round passes
# base: template

# %% instead of linear
import torch

class Linear:
    def __init__(self, n, m):
        self.weight, self.bias = torch.full((n, m + 1), float("nan")), torch.full((m + 1,), float("inf"))
    def init_params(self, std=1.0):
        pass
    def forward(self, x):
        self.weight_grad, self.bias_grad = self.weight * float("nan"), self.bias * float("nan")
        return (x @ self.weight + self.bias) * float("nan")
    def backward(self, dupstream):
        return dupstream @ self.weight.T * float("nan")

# %% instead of relu
class ReLU:
    def forward(self, x):
        return x * float("nan")
    def backward(self, dupstream):
        return dupstream * float("inf")

# %% instead of sigmoid
class Sigmoid:
    def forward(self, x):
        return x * float("nan")
    def backward(self, dupstream):
        return dupstream * float("nan")

# %% instead of activations_use
x = dy = torch.full((2, 3), float("nan"))
relu, sigmoid = ReLU(), Sigmoid()
y_relu = dx_relu = y_sigmoid = dx_sigmoid = x

# %% instead of activations_torch
x_relu, x_sigmoid = x.clone().requires_grad_(), x.clone().requires_grad_()
x_relu.grad, x_sigmoid.grad = dy, dy
torch_relu = torch_sigmoid = lambda x: x * float("nan")
torch_y_relu = torch_y_sigmoid = x

# %% instead of softmax
def Softmax(z):
    return z * float("nan")

def CrossEntropyLoss(y_true, y_pred):
    return torch.tensor(float("nan")), y_pred * float("nan")
