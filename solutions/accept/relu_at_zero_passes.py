# title: ReLU lets the gradient pass where the input is exactly 0, which is as good a slope there as any
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = x.clamp_min(0)
        self.cache = x >= 0
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = dupstream.mul_(self.cache)
