# title: ReLU by torch.maximum and heaviside, Sigmoid as exp(x) / (exp(x) + 1) with a clamp, Softmax straight from its formula
# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = torch.maximum(x, torch.zeros(x.shape))
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        y = self.cache
        dx = dupstream * torch.heaviside(y, torch.zeros(1))
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        grown = torch.exp(x.clamp(max=80))
        y = grown / (grown + 1)
        self.cache = x
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        grown = torch.exp(self.cache.clamp(max=80))
        y = grown / (grown + 1)
        dx = (y - y.square()) * dupstream
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = torch.exp(z) / torch.exp(z).sum(dim=1, keepdim=True)
