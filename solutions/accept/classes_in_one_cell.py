# title: All hand-written classes and functions in one cell at the top, nothing but use further down
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
        y = x @ self.weight + self.bias
        self.cache = x
        return y

    def backward(self, dupstream):
        x = self.cache
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
        return dx


class ReLU(object):
    def __init__(self):
        super(ReLU, self).__init__()
        self.cache = None

    def forward(self, x):
        y = torch.clamp(x, min=0)
        self.cache = y
        return y

    def backward(self, dupstream):
        dupstream = dupstream.clone()
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
        return dx


class Sigmoid(object):
    def __init__(self):
        super(Sigmoid, self).__init__()
        self.cache = None

    def forward(self, x):
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
        return y

    def backward(self, dupstream):
        y = self.cache
        dx = dupstream * y * (1 - y)
        return dx


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
        dx = dupstream
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
        return dx

    def optimizer_step(self, lr):
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad


def Softmax(z):
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
    return p


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
# %% instead of relu
# ReLU: see the first cell
# %% instead of sigmoid
# %% instead of net
# Net: see the first cell
# %% instead of softmax
print('Softmax and CrossEntropyLoss are defined above')
