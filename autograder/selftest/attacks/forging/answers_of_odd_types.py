# title: Answers of every odd type: huge integers, lone surrogates, sets, generators, types, sparse and meta tensors
# hopes: the grader itself fails on one, and an error of its own is no zero
# base: template

# %% first
import itertools
import torch

ODD = itertools.cycle([
    1 << 200, "\ud800", {1, 2}, (i for i in range(3)), int, NotImplemented, float("nan"), b"\xff" * 100, 1j, range(5),
    torch.zeros(2, 2).to_sparse(), torch.zeros(2, device="meta"), torch.zeros(0, 3), torch.tensor(5), {"k": "R", "i": 1, "n": "x"},
    {"k": "T", "d": "float32", "s": [1 << 60], "o": 0}, [[[[]]]], {(1, 2): 3}, torch.Size([3]), torch.float32, torch, memoryview(b"x"),
    torch.zeros(3, dtype=torch.complex64), torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8), slice(None), ...,
])

def odd(*a, **k):
    return next(ODD)

class Odd:
    def __init__(self, *a, **k):
        self.layers = [odd()]
    forward = backward = optimizer_step = init_params = lambda self, *a, **k: odd()
    weight = bias = weight_grad = bias_grad = layer1 = layer2 = property(odd, lambda self, value: None)

# %% instead of linear
class Linear(Odd): pass

# %% instead of relu
class ReLU(Odd): pass

# %% instead of sigmoid
class Sigmoid(Odd): pass

# %% instead of net
class Net(Odd): pass

# %% instead of torchnet
class TorchNet(Odd): pass
torch_net = TorchNet()

# %% instead of softmax
def Softmax(z): return odd()
def CrossEntropyLoss(y_true, y_pred): return odd(), odd()

# %% instead of mnist
in_features = hidden_dim = out_features = learning_rate = odd()
layers, net = [], odd()
train_losses, loss, train_accs = odd(), odd(), odd()
