# title: ReLU and Sigmoid are made of one class by subclassing, with slots and without super()
# %% before relu
class Elementwise:
    __slots__ = ('cache',)

    def __init__(self):
        self.cache = None

    def forward(self, x):
        y = self.cache = self.value(x)
        return y

    def backward(self, dupstream):
        return dupstream * self.slope()
# %% instead of relu
class ReLU(Elementwise):
    def value(self, x): return torch.clamp(x, min=0)
    def slope(self): return (self.cache != 0).type_as(self.cache)
# %% instead of sigmoid
class Sigmoid(Elementwise):
    __slots__ = ()
    def value(self, x): return (1 + torch.exp(-x)) ** -1
    def slope(self): return self.cache * (1 - self.cache)
