# title: Linear has a method that makes its own step, and Net only asks every layer that has one
# %% edit
    def init_params(self, std=1.):
# ->
    def update(self, lr):
        self.weight = self.weight - lr * self.weight_grad
        self.bias = self.bias - lr * self.bias_grad

    def init_params(self, std=1.):
# %% edit
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
            if hasattr(layer, 'update'):
                layer.update(lr)
