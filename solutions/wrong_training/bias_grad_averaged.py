# title: bias_grad is averaged over the batch, not summed

# %% edit
self.bias_grad = dupstream.sum(dim=0)
# ->
self.bias_grad = dupstream.mean(dim=0)
