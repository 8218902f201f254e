# title: returned the exponentials
# question: softmax
# hint: What you return are the exponentials. They still have to be divided by their sum over the classes.

# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
# ->
    e = torch.exp(z)

# %% edit
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = e
