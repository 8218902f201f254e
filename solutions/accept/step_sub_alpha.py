# title: Placeholders by torch.FloatTensor with init_params as given; the step uses sub_ and add_ with alpha
# %% edit
        self.weight = torch.empty(in_features, out_features)
        self.bias = torch.empty(out_features)
# ->
        self.weight = torch.FloatTensor(in_features, out_features)
        self.bias = torch.FloatTensor(out_features)
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                layer.weight.sub_(layer.weight_grad, alpha=lr)
                layer.bias.add_(layer.bias_grad, alpha=-lr)
