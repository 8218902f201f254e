# title: Cells cut into small ones: one import each, use-cells and the training cell in pieces
# %% edit
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
import matplotlib.pyplot as plt
# ->
# %% before linear
import torch.nn as nn
# %% before linear
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
# %% before linear
from matplotlib import pyplot as plt
# %% instead of linear_use
n_samples, in_features, out_features = 2, 3, 4
# %% instead of linear_use
x = torch.randn((n_samples, in_features))
dy = torch.randn((n_samples, out_features))
# %% instead of linear_use
layer = Linear(in_features, out_features)
# %% instead of linear_use
y = layer.forward(x)
print(y.shape)
# %% instead of linear_use
dx = layer.backward(dy)
print(dx.shape)
# %% instead of activations_torch
x_relu = x.clone()
x_sigmoid = x.clone()
x_relu.requires_grad = True
x_sigmoid.requires_grad = True
# %% instead of activations_torch
torch_relu = nn.ReLU()
torch_y_relu = torch_relu(x_relu)
torch_y_relu.backward(dy)
# %% instead of activations_torch
torch_sigmoid = nn.Sigmoid()
torch_y_sigmoid = torch_sigmoid(x_sigmoid)
# %% instead of activations_torch
torch_y_sigmoid.backward(dy)
# %% instead of activations_torch
print(torch.allclose(dx_relu, x_relu.grad))
print(torch.allclose(dx_sigmoid, x_sigmoid.grad))
# %% instead of net_use
n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x = torch.randn((n_samples, in_features))
# %% instead of net_use
layers = [Linear(in_features, hidden_dim),
          ReLU(),
          Linear(hidden_dim, out_features)]
# %% instead of net_use
net = Net(layers)
# %% instead of net_use
y = net.forward(x)
dy = torch.ones_like(y)
# %% instead of net_use
dx = net.backward(dy)
print(y.shape, dx.shape)
# %% edit
# The network, of the same size as yours
torch_net = TorchNet(in_features, hidden_dim, out_features)
print(torch_net)
# ->
# %% after torchnet
torch_net = TorchNet(in_features, hidden_dim, out_features)
# %% after torchnet
torch_net
# %% instead of softmax
def Softmax(z):
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
    return p
# %% instead of softmax
def CrossEntropyLoss(y_true, y_pred):
    softmax = Softmax(y_pred)
    y_true = torch.argmax(y_true, axis=1)
    n = y_true.shape[0]
    log_likelihood = -torch.log(softmax[torch.arange(n), y_true])
    loss = torch.mean(log_likelihood)
    grad = softmax
    softmax[torch.arange(n), y_true] -= 1
    grad /= n
    return loss, grad
