# title: ReLU multiplies by a mask of numbers, Sigmoid is exp(-logaddexp(0, -x)), Softmax works on the transposed logits
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        mask = (x > 0).float()
        y = x * mask
        self.cache = mask
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = dupstream * self.cache
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        y = torch.exp(-torch.logaddexp(torch.zeros(1), -x))
        self.cache = (y, torch.exp(-torch.logaddexp(torch.zeros(1), x)))
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        y, mirrored = self.cache
        dx = dupstream * y * mirrored
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    e = torch.exp(z - z.max()).T
    p = (e / e.sum(0)).T
