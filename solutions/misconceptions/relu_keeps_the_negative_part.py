# title: took the smaller of 0 and x
# question: relu
# hint: Your forward pass keeps negative inputs and cuts off the positive ones, which is the wrong way round.

# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = torch.clamp(x, max=0)
