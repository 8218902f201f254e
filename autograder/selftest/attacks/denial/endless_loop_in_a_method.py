# title: A method never returns
# hopes: the grader waits
# base: template

# %% instead of relu
class ReLU:
    def forward(self, x):
        while True:
            pass
    def backward(self, dupstream):
        while True:
            pass
