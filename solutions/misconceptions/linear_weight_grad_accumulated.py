# title: added to the weight gradient of the pass before
# question: linear
# hint: Your weight gradient still contains that of the backward pass before. Each backward pass has to replace the
#   stored gradient, not to add to it.

# %% edit
        self.weight_grad = x.T @ dupstream
# ->
        self.weight_grad = x.T @ dupstream + (0 if self.weight_grad is None else self.weight_grad)
