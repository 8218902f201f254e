# title: Type annotations everywhere, on parameters, attributes and the variables of the cells
# %% first
from __future__ import annotations
from typing import Optional, Sequence, Tuple, TypeAlias
# %% edit
import matplotlib.pyplot as plt
# ->
import matplotlib.pyplot as plt
from torch import Tensor
# %% instead of linear
class Linear(object):
    cache: Optional[Tensor]
    weight_grad: Optional[Tensor]
    bias_grad: Optional[Tensor]

    def __init__(self, in_features: int, out_features: int) -> None:
        super(Linear, self).__init__()
        self.weight: Tensor = torch.empty(in_features, out_features)
        self.bias: Tensor = torch.empty(out_features)
        self.init_params()
        self.cache = None
        self.weight_grad = None
        self.bias_grad = None

    def init_params(self, std: float = 1.) -> None:
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x @ self.weight + self.bias
        self.cache = x
        return y

    def backward(self, dupstream: Tensor) -> Tensor:
        x: Tensor = self.cache
        dx: Tensor = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
        return dx
# %% edit
layer = Linear(in_features, out_features)
# ->
layer: Linear = Linear(in_features, out_features)
# %% edit
y = layer.forward(x)
# ->
y: Tensor = layer.forward(x)
# %% edit
dx = layer.backward(dy)
# ->
dx: Tensor = layer.backward(dy)
# %% edit
y_relu = relu.forward(x)
dx_relu = relu.backward(dy)
# ->
y_relu: Tensor = relu.forward(x)
dx_relu: Tensor = relu.backward(dy)
# %% edit
learning_rate = 5e-1
# ->
learning_rate: float = 5e-1
# %% edit
epochs = 10
# ->
epochs: int = 10
# %% edit
train_losses = []
train_accs = []
# ->
train_losses: list[Tensor] = []
train_accs: list[Tensor] = []
