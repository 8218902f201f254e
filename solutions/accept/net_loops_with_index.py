# title: Net counts with while, range and enumerate; a hidden layer of 16 units
# %% edit
        for layer in self.layers:
            x = layer.forward(x)
# ->
        i = 0
        while i < len(self.layers):
            x = self.layers[i].forward(x)
            i += 1
# %% edit
        dx = dupstream
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        dx = dupstream
        for k in range(len(self.layers) - 1, -1, -1):
            dx = self.layers[k].backward(dx)
# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
        for i, _ in enumerate(self.layers):
            if hasattr(self.layers[i], 'weight') and hasattr(self.layers[i], 'bias'):
                self.layers[i].weight = self.layers[i].weight - self.layers[i].weight_grad * lr
                self.layers[i].bias = self.layers[i].bias - self.layers[i].bias_grad * lr
# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
in_features = 28 ** 2; hidden_dim = 0x10; out_features = len('0123456789')
