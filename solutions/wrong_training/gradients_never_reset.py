# title: weight_grad is added up over all batches

# %% edit
self.weight_grad = x.T @ dupstream
# ->
self.weight_grad = x.T @ dupstream + (0 if self.weight_grad is None else self.weight_grad)
