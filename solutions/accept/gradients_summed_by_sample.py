# title: Gradient buffers are filled sample by sample with addr_ and add_, and become zeros, in place, after each step
# %% edit
        self.weight_grad = None
        self.bias_grad = None
# ->
        self.weight_grad = torch.zeros(in_features, out_features)
        self.bias_grad = torch.zeros(out_features)
# %% edit
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.weight_grad = torch.zeros(self.weight.shape)
        self.bias_grad = torch.zeros(self.bias.shape)
        for sample, gradient in zip(x, dupstream):
            self.weight_grad.addr_(sample, gradient)
            self.bias_grad.add_(gradient)
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                for value, gradient in ((layer.weight, layer.weight_grad), (layer.bias, layer.bias_grad)):
                    value -= lr * gradient
                    gradient.zero_()
