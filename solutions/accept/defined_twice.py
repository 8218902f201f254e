# title: A first attempt at Linear and at Net stays in the notebook; the last definition counts
# %% before linear
# First attempt, with the transposes the wrong way round. Better below.
class Linear(object):
    def __init__(self, in_features, out_features):
        self.weight = torch.empty(out_features, in_features)
        self.bias = torch.empty(out_features)
        self.init_params()
        self.cache = None

    def init_params(self, std=1.):
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def forward(self, x):
        self.cache = x
        return x @ self.weight + self.bias

    def backward(self, dupstream):
        raise NotImplementedError
# %% before net
class Net(object):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        return ...
# %% edit
layer = Linear(in_features, out_features)
# ->
layer = Linear(out_features, in_features)
layer = Linear(in_features, out_features)
