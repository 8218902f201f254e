# title: The backward pass clears the cache, to let go of the memory
# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream.sum(dim=0)
        self.cache = None
# %% edit
        dx[y == 0] = 0
# ->
        dx[y == 0] = 0
        self.cache = None
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * y * (1 - y)
        del self.cache
