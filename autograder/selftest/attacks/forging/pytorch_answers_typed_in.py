# title: Inputs that the notebook chooses, and what PyTorch's layers give for them typed in
# hopes: only the notebook's own inputs are asked for
# base: template
# may earn: net_use=1

# %% first
import torch
from types import SimpleNamespace as S
class Says:
    def __init__(self, y, dx, **more):
        self.y, self.dx = y, dx
        self.__dict__.update(more)
    def forward(self, x): return self.y
    def backward(self, dy): return self.dx

# %% instead of linear_use
n_samples, in_features, out_features = 2, 3, 4
x, dy = torch.zeros(2, 3), torch.zeros(2, 4)
x[0, 0] = dy[0, 0] = 1
W = torch.zeros(3, 4); W[0, 0] = 1
y, dx = torch.zeros(2, 4), torch.zeros(2, 3)
y[0, 0] = dx[0, 0] = 1
layer = Says(y, dx, weight=W, bias=torch.zeros(4), weight_grad=W, bias_grad=dy[0])

# %% instead of linear_torch
x_lin = x.clone()
torch_layer = S(weight=W.T.clone().requires_grad_(), bias=torch.zeros(4).requires_grad_())
x_lin.requires_grad_()
torch_y = y.clone()
x_lin.grad = dx.clone()
torch_layer.weight.grad = W.T.clone()
torch_layer.bias.grad = dy[0].clone()

# %% instead of activations_use
n_samples, in_features = 2, 3
x = torch.tensor([[1000., 0, 1000], [1000, 1000, 1000]]); dy = torch.ones(2, 3)
one = torch.ones(2, 3); half = torch.tensor([[1., .5, 1], [1, 1, 1]])
relu, sigmoid = Says(x, torch.tensor([[1., 0, 1], [1, 1, 1]])), Says(half, torch.tensor([[0, .25, 0], [0, 0, 0]]))
y_relu, dx_relu, y_sigmoid, dx_sigmoid = relu.y, relu.dx, sigmoid.y, sigmoid.dx

# %% instead of activations_torch
x_relu, x_sigmoid = x.clone().requires_grad_(), x.clone().requires_grad_()
torch_relu = lambda t: torch.tensor([[0., .5, 2.]])
torch_sigmoid = lambda t: torch.tensor([[0.18242552, 0.62245935, 0.88079708]])
torch_y_relu, torch_y_sigmoid = x.clone(), half.clone()
x_relu.grad, x_sigmoid.grad = relu.dx.clone(), sigmoid.dx.clone()

# %% instead of net_use
n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x = torch.zeros(2, 3); x[0, 0] = 1
dy = torch.ones(2, 4)
W1, W2 = torch.zeros(3, 5), torch.zeros(5, 4)
W1[0, 0] = W2[0, 0] = 1
y, dx = torch.zeros(2, 4), torch.zeros(2, 3)
y[0, 0] = dx[0, 0] = 1
net = Says(y, dx, layers=[S(weight=W1, bias=torch.zeros(5)), 0, S(weight=W2, bias=torch.zeros(4))])

# %% instead of torchnet_use
torch_x = x.clone().requires_grad_()
class TN:
    layer1, layer2 = S(weight=W1.T, bias=torch.zeros(5)), S(weight=W2.T, bias=torch.zeros(4))
    def __call__(self, t): return t[:, :1].repeat(1, 4)
torch_net = TN()
torch_y = torch_net(torch_x)
torch_y.sum().backward()

# %% instead of torchnet
import torch
from types import SimpleNamespace as S
class TorchNet:
    def __init__(self, i, h, o):
        self.layer1, self.layer2 = S(weight=torch.zeros(h, i)), S(weight=torch.zeros(o, h))
torch_net = TorchNet(3, 5, 4)
