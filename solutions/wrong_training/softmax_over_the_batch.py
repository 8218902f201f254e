# title: Softmax normalises over the batch

# %% edit
e / e.sum(dim=1, keepdim=True)
# ->
e / e.sum(dim=0, keepdim=True)
