# title: Hidden inputs are told as the name of a forbidden function
# hopes: what is said of a broken rule names the function as the submission names it
# base: complete
# zero: relu
# absent: LEAK

# %% first
import torch

tools = [torch.overrides]

# %% instead of relu
import torch

class ReLU:
    def __init__(self):
        self.cache = None
    def forward(self, x):
        def said(tensor):
            return tensor
        said.__module__, said.__qualname__ = "torch.nn", "LEAK_" + repr(x.flatten()[:9].tolist())
        tools[0].handle_torch_function(said, (x,), x)
        self.cache = x
        return x * (x > 0)
    def backward(self, dupstream):
        return dupstream * (self.cache > 0)
