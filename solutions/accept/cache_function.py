# title: The cache is a function that knows the way back
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
        weight = self.weight
        self.cache = lambda d: (d @ weight.T, x.T @ d, d.sum(dim=0))
        return x @ weight + self.bias

    def backward(self, dupstream):
        dx, self.weight_grad, self.bias_grad = self.cache(dupstream)
        return dx
# %% instead of relu
class ReLU(object):
    def __init__(self):
        self.cache = None

    def forward(self, x):
        def back(d):
            return d * (x > 0)
        self.cache = back
        return x * (x > 0)

    def backward(self, dupstream):
        return self.cache(dupstream)
# %% instead of sigmoid
class Sigmoid(object):
    def __init__(self):
        self.cache = None

    def forward(self, x):
        y = 1 / (1 + torch.exp(-x))
        from functools import partial
        self.cache = partial(torch.mul, y * (1 - y))
        return y

    def backward(self, dupstream):
        return self.cache(dupstream)
