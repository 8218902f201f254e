# title: Net works under torch.no_grad, as a decorator and as a block, and steps through .data
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if hasattr(layer, 'init_params'):
                layer.init_params(std=std)

    @torch.no_grad()
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    @torch.no_grad()
    def backward(self, dupstream):
        for layer in self.layers[::-1]:
            dupstream = layer.backward(dupstream)
        return dupstream

    def optimizer_step(self, lr):
        with torch.no_grad():
            for layer in self.layers:
                if hasattr(layer, 'weight'):
                    layer.weight.data -= lr * layer.weight_grad
                    layer.bias.data.copy_(layer.bias - lr * layer.bias_grad)
