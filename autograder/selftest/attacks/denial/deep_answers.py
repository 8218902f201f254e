# title: Answers are nested without end, or refer to themselves
# hopes: packing or unpacking them overflows a stack
# base: template

# %% instead of relu
class ReLU:
    def forward(self, x):
        deep = []
        for _ in range(200_000):
            deep = [deep]
        return deep
    def backward(self, dupstream):
        own = []
        own.append(own)
        return own

# %% instead of sigmoid
class Sigmoid:
    def forward(self, x):
        return ["x" * 1000] * 10_000_000
    def backward(self, dupstream):
        return {number: number for number in range(3_000_000)}
