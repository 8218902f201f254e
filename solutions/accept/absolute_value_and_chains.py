# title: ReLU as (x + |x|) / 2 with slope a half at 0, Sigmoid as a chain of in-place methods, Softmax from the differences of all pairs
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = (x + x.abs()) / 2
        self.cache = torch.sign(x)
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = dupstream * (1 + self.cache) / 2
# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = x.neg().exp_().add_(1).reciprocal_()
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = y.neg().add_(1).mul_(y).mul_(dupstream)
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = 1 / torch.exp(z[:, None, :] - z[:, :, None]).sum(dim=2)
