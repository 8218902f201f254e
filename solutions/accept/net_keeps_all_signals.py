# title: Net keeps every signal and gradient in lists, and clones what it is given
# %% instead of net
class Net(object):
    def __init__(self, layers):
        self.layers = layers
        self.activations = []
        self.gradients = []
        self.steps_made = 0
        self.reset_params()

    def reset_params(self, std=1.):
        for layer in self.layers:
            if hasattr(layer, 'init_params'):
                layer.init_params(std=std)

    def forward(self, x):
        self.activations = [x.clone()]
        for layer in self.layers:
            self.activations.append(layer.forward(self.activations[-1]))
        return self.activations[-1]

    def backward(self, dupstream):
        self.gradients = [dupstream.clone()]
        for layer in self.layers[::-1]:
            self.gradients.insert(0, layer.backward(self.gradients[0]))
        return self.gradients[0]

    def optimizer_step(self, lr):
        learnable = {number: layer for number, layer in enumerate(self.layers) if 'weight' in dir(layer)}
        for layer in learnable.values():
            layer.weight = layer.weight.add(layer.weight_grad, alpha=-lr)
            layer.bias = layer.bias.add(layer.bias_grad, alpha=-lr)
        self.steps_made += 1
