# title: Objects that have a shape and nothing else
# hopes: the test of the shapes looks at the shapes alone
# base: template
# may earn: linear=2 torchnet=2

# %% instead of linear
from types import SimpleNamespace

class Linear:
    def __init__(self, n, m):
        self.weight, self.bias = SimpleNamespace(shape=[n, m]), SimpleNamespace(shape=[m])

# %% instead of torchnet
class TorchNet:
    def __init__(self, n, h, m):
        self.layer1 = SimpleNamespace(weight=SimpleNamespace(shape=[h, n]))
        self.layer2 = SimpleNamespace(weight=SimpleNamespace(shape=[m, h]))

torch_net = TorchNet(3, 5, 4)
