# title: Sums over the batch are products with a row of ones
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = x @ self.weight + torch.ones(x.shape[0], 1) @ self.bias.view(1, -1)
# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = torch.ones(x.shape[0]) @ dupstream
# %% edit
    p = e / e.sum(dim=1, keepdim=True)
# ->
    classes = z.shape[1]
    p = e / (e @ torch.ones(classes, classes))
