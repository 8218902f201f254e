# title: Every use-cell is merged with the cell of its class, and the checks with the cell before them
# %% instead of linear
class Linear(object):
    def __init__(self, in_features, out_features):
        super(Linear, self).__init__()
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
        self.init_params()
        self.cache = None
        self.weight_grad = None
        self.bias_grad = None

    def init_params(self, std=1.):
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def forward(self, x):
        self.cache = x
        return x @ self.weight + self.bias

    def backward(self, dupstream):
        self.weight_grad = self.cache.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
        return dupstream @ self.weight.T

n_samples, in_features, out_features = 2, 3, 4
x = torch.randn((n_samples, in_features))
dy = torch.randn((n_samples, out_features))
layer = Linear(in_features, out_features)
y = layer.forward(x)
dx = layer.backward(dy)
print('Shape of the output y:', y.shape)
print('Shape of the gradient dx:', dx.shape)
# %% instead of linear_use
# %% instead of relu
class ReLU(object):
    def __init__(self):
        self.cache = None

    def forward(self, x):
        self.cache = torch.clamp(x, min=0)
        return self.cache

    def backward(self, dupstream):
        return dupstream * (self.cache > 0)

class Sigmoid(object):
    def __init__(self):
        self.cache = None

    def forward(self, x):
        self.cache = 1 / (1 + torch.exp(-x))
        return self.cache

    def backward(self, dupstream):
        return dupstream * self.cache * (1 - self.cache)

n_samples, in_features = 2, 3
x = torch.randn((n_samples, in_features))
dy = torch.randn((n_samples, in_features))

relu = ReLU()
sigmoid = Sigmoid()
y_relu = relu.forward(x)
dx_relu = relu.backward(dy)
y_sigmoid = sigmoid.forward(x)
dx_sigmoid = sigmoid.backward(dy)
# %% instead of sigmoid
# %% instead of activations_use
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if hasattr(layer, 'init_params'):
                layer.init_params(std=std)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dupstream):
        for layer in reversed(self.layers):
            dupstream = layer.backward(dupstream)
        return dupstream

    def optimizer_step(self, lr):
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad

n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x = torch.randn((n_samples, in_features))
layers = [Linear(in_features, hidden_dim),
          ReLU(),
          Linear(hidden_dim, out_features)]
net = Net(layers)
y = net.forward(x)
dy = torch.ones_like(y)
dx = net.backward(dy)
# %% instead of net_use
# %% instead of torchnet
class TorchNet(nn.Module):
    def __init__(self, in_features, hidden_dim, out_features):
        super(TorchNet, self).__init__()
        self.layer1 = nn.Linear(in_features, hidden_dim)
        self.relu = nn.ReLU()
        self.layer2 = nn.Linear(hidden_dim, out_features)

    def forward(self, x):
        x = self.layer1(x)
        x = self.relu(x)
        x = self.layer2(x)
        return x

torch_net = TorchNet(in_features, hidden_dim, out_features)
print(torch_net)

torch_net.layer1.weight = nn.Parameter(net.layers[0].weight.T)
torch_net.layer1.bias = nn.Parameter(net.layers[0].bias)
torch_net.layer2.weight = nn.Parameter(net.layers[2].weight.T)
torch_net.layer2.bias = nn.Parameter(net.layers[2].bias)

torch_x = x.clone()
torch_x.requires_grad = True
torch_y = torch_net(torch_x)
torch_y.backward(dy)
print(torch.allclose(dx, torch_x.grad))
# %% instead of torchnet_use
