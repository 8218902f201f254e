# title: took the absolute value
# question: relu
# hint: Your forward pass gives the absolute value: negative inputs come out positive, but they should become 0.

# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = torch.abs(x)
