# title: divided the gradient of the input by the batch size
# question: linear
# hint: The gradient of the input that you return is the right one divided by the batch size. Each row belongs to one
#   sample, so nothing is to be averaged here.

# %% edit
        dx = dupstream @ self.weight.T
# ->
        dx = dupstream @ self.weight.T / dupstream.shape[0]
