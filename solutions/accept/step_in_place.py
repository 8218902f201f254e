# title: Placeholders by torch.Tensor(in, out), filled by normal_ and uniform_; the step subtracts in place with -=
# %% edit
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
# ->
        self.weight = torch.Tensor(in_features, out_features)
        self.bias = torch.Tensor(out_features)
# %% edit
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)
# ->
        self.weight.normal_(mean=0, std=std)
        self.bias.uniform_(0, 1)
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight -= lr * layer.weight_grad
                layer.bias -= lr * layer.bias_grad
