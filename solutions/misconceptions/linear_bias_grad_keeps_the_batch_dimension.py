# title: left a dimension of size 1 in the bias gradient
# question: linear
# hint: The numbers in your bias gradient are right, but it still has a batch dimension of size 1. Its shape has to be
#   that of the bias.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream.sum(dim=0, keepdim=True)
