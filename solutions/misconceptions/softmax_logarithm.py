# title: returned the logarithms of the probabilities
# question: softmax
# hint: You return the logarithms of the probabilities. The loss takes the logarithm itself.

# %% edit
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = torch.log(e / e.sum(dim=1, keepdim=True))
