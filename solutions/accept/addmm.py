# title: Linear is one addmm on the way forward and two mm on the way back
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = torch.addmm(self.bias, x, self.weight)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx = dupstream.mm(self.weight.t())
        self.weight_grad = torch.mm(x.t(), dupstream)
        self.bias_grad = torch.sum(dupstream, 0)
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight = torch.sub(layer.weight, layer.weight_grad, alpha=lr)
                layer.bias = torch.add(layer.bias, layer.bias_grad, alpha=-lr)
