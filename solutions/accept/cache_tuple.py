# title: Caches are tuples of all that was seen
# %% edit
        self.cache = x

        return y
# ->
        self.cache = (x, self.weight, self.bias)

        return y
# %% edit
        x = self.cache
        dx = dupstream @ self.weight.T
# ->
        x, weight, _ = self.cache
        dx = dupstream @ weight.T
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = torch.clamp(x, min=0)
        self.cache = x, y
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        _, y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        y = 1 / (1 + torch.exp(-x))
        self.cache = x, y, 1 - y
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        _, y, rest = self.cache
        dx = dupstream * y * rest
