# title: Caches are stacks: forward pushes, backward pops
# %% edit
        self.cache = None

        # The backward pass leaves the gradients of the parameters here.
# ->
        self.cache = []

        # The backward pass leaves the gradients of the parameters here.
# %% edit
        self.cache = x

        return y
# ->
        self.cache.append(x)

        return y
# %% edit
        x = self.cache
        dx
# ->
        x = self.cache.pop()
        dx
# %% instead of relu
class ReLU(object):
    def __init__(self):
        super(ReLU, self).__init__()
        self.cache = []

    def forward(self, x):
        y = torch.clamp(x, min=0)
        self.cache.append(y)
        return y

    def backward(self, dupstream):
        dupstream = dupstream.clone()
        y = self.cache.pop()
        dx = dupstream
        dx[y == 0] = 0
        return dx
# %% instead of sigmoid
class Sigmoid(object):
    def __init__(self):
        super(Sigmoid, self).__init__()
        self.cache = []

    def forward(self, x):
        y = 1 / (1 + torch.exp(-x))
        self.cache += [y]
        return y

    def backward(self, dupstream):
        y = self.cache.pop()
        dx = dupstream * y * (1 - y)
        return dx
