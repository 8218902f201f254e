# title: Student code raises what the grader itself might raise
# hopes: an exception of a certain kind is taken for the grader's own, and the mark is given
# base: template

# %% instead of linear
class CheckPassed(Exception):
    pass

class Linear:
    def __init__(self, n, m):
        raise SystemExit(0)
    def init_params(self, std=1.0):
        raise KeyboardInterrupt

# %% instead of relu
class ReLU:
    def forward(self, x):
        raise MemoryError
    def backward(self, dupstream):
        raise NameError("name 'checks' is not defined")

# %% instead of sigmoid
from autograder.errors import SandboxError

class Sigmoid:
    def forward(self, x):
        raise SandboxError("a helper process of the grader is gone")
    def backward(self, dupstream):
        raise ImportError("no module named autograder")

# %% instead of net
class Net:
    def __init__(self, layers):
        self.layers = layers
    def forward(self, x):
        raise StopIteration(100.0)
    def backward(self, dupstream):
        raise GeneratorExit
    def optimizer_step(self, lr):
        raise CheckPassed

# %% instead of softmax
def Softmax(z):
    raise type("WorkerTimeout", (BaseException,), {})("passed")

def CrossEntropyLoss(y_true, y_pred):
    raise AssertionError
