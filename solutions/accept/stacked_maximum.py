# title: ReLU is the maximum over a stack of zeros and the input, and its index tells where the gradient goes; Softmax shifts the logits in place
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y, which = torch.stack([torch.zeros_like(x), x], dim=-1).max(dim=-1)
        self.cache = which
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = dupstream * self.cache
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    z -= z.max(dim=1, keepdim=True)[0]
    p = torch.exp(z)
    p /= p.sum(dim=1, keepdim=True)
