# title: A network whose forward pass is right, and an object of another kind where the network is used
# hopes: that its question passes one test makes whatever stands in its place count
# base: template
# may earn: net=3 net_use=1

# %% instead of net
class Net(object):
    def __init__(self, layers): self.layers = layers
    def forward(self, x):
        for layer in self.layers: x = layer.forward(x)
        return x
    def backward(self, d): return d.sum() * torch.ones(2, 3)
    def optimizer_step(self, lr): pass
# %% instead of net_use
n_samples, in_features, hidden_dim, out_features = 2, 3, 5, 4
x = torch.randn(2, 3)
class Fake:
    layers = []
    def forward(self, x): return x[:, :1].repeat(1, 4)
    def backward(self, d): return d[:, :3] * 5
net = Fake()
y = net.forward(x); dy = torch.ones(2, 4); dx = net.backward(dy)
