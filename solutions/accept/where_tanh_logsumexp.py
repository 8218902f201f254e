# title: ReLU by torch.where, Sigmoid by the hyperbolic tangent of half the input, Softmax by logsumexp
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = torch.where(x > 0, x, 0.)
        self.cache = x
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        x = self.cache
        dx = torch.where(x > 0, dupstream, torch.zeros(()))
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        t = torch.tanh(x / 2)
        y = 0.5 * (1 + t)
        self.cache = t
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * (1 - self.cache ** 2) / 4
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = torch.exp(z - torch.logsumexp(z, dim=1, keepdim=True))
