# title: The constructor draws with torch.randn, init_params with torch.normal; the step uses getattr and setattr, bias before weight
# %% edit
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
# ->
        self.weight = torch.randn((in_features, out_features), dtype=torch.float32)
        self.bias = torch.rand((out_features,))
# %% edit
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)
# ->
        self.weight = torch.normal(mean=0., std=std, size=tuple(self.weight.size()))
        self.bias = torch.rand(self.bias.numel())
# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
        names = ('bias', 'weight')
        trainable = [layer for layer in self.layers if all(hasattr(layer, name) for name in names)]
        for layer in reversed(trainable):
            for name in names:
                step = lr * getattr(layer, f'{name}_grad')
                setattr(layer, name, getattr(layer, name) - step)
