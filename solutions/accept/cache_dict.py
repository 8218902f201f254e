# title: Caches are dictionaries and namespaces
# %% edit
        self.cache = x

        return y
# ->
        self.cache = {'x': x, 'rows': x.shape[0]}

        return y
# %% edit
        x = self.cache
        dx
# ->
        x = self.cache['x']
        dx
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = torch.clamp(x, min=0)
        self.cache = dict(output=y.clone(), input=x)
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        y = self.cache.get('output')
        dx = dupstream
        dx[y == 0] = 0
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        from types import SimpleNamespace
        y = 1 / (1 + torch.exp(-x))
        self.cache = SimpleNamespace(value=y, slope=y * (1 - y))
# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        dx = self.cache.slope * dupstream
