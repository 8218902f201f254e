# title: Sigmoid keeps exp(-x), ReLU keeps a mask, Linear keeps the transposed input
# %% edit
        self.cache = x

        return y
# ->
        self.cache = x.t()

        return y
# %% edit
        x = self.cache
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
# ->
        dx = dupstream @ self.weight.T
        self.weight_grad = self.cache @ dupstream
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = torch.clamp(x, min=0)
        self.cache = x <= 0
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = dupstream
        dx[self.cache] = 0
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        e = torch.exp(-x)
        y = 1 / (1 + e)
        self.cache = e
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        e = self.cache
        dx = dupstream / (1 + e) * (1 - 1 / (1 + e))
