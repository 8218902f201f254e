# title: Reordered: Softmax and Net come before the activations, and TorchNet before it is needed
# %% before linear
def Softmax(z):
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)

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
# %% before linear
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
# %% before linear
class Sigmoid(object):
    def __init__(self):
        self.cache = None

    def forward(self, x):
        self.cache = 1 / (1 + torch.exp(-x))
        return self.cache

    def backward(self, dupstream):
        return dupstream * self.cache * (1 - self.cache)
# %% instead of net
# %% instead of sigmoid
# %% instead of softmax
