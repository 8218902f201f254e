# title: applied the function to its own output in the backward pass
# question: sigmoid
# hint: In the backward pass you apply the function once more to its output. What the forward pass kept is the output
#   already.

# %% edit
        y = self.cache
        dx = dupstream * y * (1 - y)
# ->
        y = 1 / (1 + torch.exp(-self.cache))
        dx = dupstream * y * (1 - y)
