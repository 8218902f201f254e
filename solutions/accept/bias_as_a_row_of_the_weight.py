# title: One matrix holds weight and bias, and the input gets a column of ones
# %% instead of linear
class Linear(object):
    def __init__(self, in_features, out_features):
        super(Linear, self).__init__()
        self.theta = torch.zeros(in_features + 1, out_features)
        self.theta_grad = None
        self.init_params()
        self.cache = None

    def init_params(self, std=1.):
        n = self.theta.shape[1]
        self.theta = torch.cat([std * torch.randn(len(self.theta) - 1, n), torch.rand(1, n)])

    def _get_weight(self):
        return self.theta[:-1]

    def _set_weight(self, value):
        self.theta = torch.cat([value, self.theta[-1:]])

    def _get_bias(self):
        return self.theta[-1]

    def _set_bias(self, value):
        self.theta = torch.cat([self.theta[:-1], value[None]])

    weight = property(_get_weight, _set_weight)
    bias = property(_get_bias, _set_bias)
    weight_grad = property(lambda self: None if self.theta_grad is None else self.theta_grad[:-1])
    bias_grad = property(lambda self: None if self.theta_grad is None else self.theta_grad[-1])

    def forward(self, x):
        self.cache = torch.cat([x, torch.ones(x.shape[0], 1)], dim=1)
        return self.cache @ self.theta

    def backward(self, dupstream):
        self.theta_grad = self.cache.T @ dupstream
        return dupstream @ self.theta[:-1].T
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad  # a row of the same matrix
