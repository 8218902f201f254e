# title: A layer prints what hidden tests give it
# hopes: the output is shown to the student
# base: template
# absent: SMUGGLED
# may earn: linear=2

# %% instead of linear
import os, sys
import torch

class Linear:
    def __init__(self, n, m):
        self.weight, self.bias = torch.zeros(n, m), torch.zeros(m)
    def init_params(self, std=1.0):
        print("SMUG" + "GLED", std)
    def forward(self, x):
        text = "SMUG" + "GLED " + str(x.tolist())
        print(text)
        print(text, file=sys.stderr)
        for fd in (1, 2):
            try:
                os.write(fd, text.encode())
            except OSError:
                pass
        return torch.zeros(len(x), self.weight.shape[1])
    def backward(self, dupstream):
        self.forward(dupstream)
