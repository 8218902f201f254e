# title: weight_grad is averaged over the batch, which the loss has done already

# %% edit
self.weight_grad = x.T @ dupstream
# ->
self.weight_grad = x.T @ dupstream / x.shape[0]
