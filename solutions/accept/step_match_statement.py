# title: Structural pattern matching finds the layers to step, assignment expressions carry the signals
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if (init := getattr(layer, 'init_params', None)) is not None:
                init(std=std)

    def forward(self, x):
        signals = [x] + [(x := layer.forward(x)) for layer in self.layers]
        return signals[-1]

    def backward(self, dupstream):
        position = len(self.layers)
        while (position := position - 1) >= 0:
            dupstream = self.layers[position].backward(dupstream)
        return dupstream

    def optimizer_step(self, lr):
        for layer in self.layers:
            match layer:
                case ReLU() | Sigmoid():
                    pass
                case Linear(weight=w, bias=b, weight_grad=gw, bias_grad=gb):
                    layer.weight, layer.bias = w - lr * gw, b - lr * gb
