# title: the loss sums its gradient over the batch

# %% edit
    grad /= n
# ->
    grad /= 1
