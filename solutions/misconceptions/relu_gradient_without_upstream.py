# title: returned the slope alone: 1 or 0
# question: relu
# hint: Your backward pass returns the slope alone, 1 or 0. The chain rule asks for the slope times the upstream
#   gradient.

# %% edit
        dx = dupstream
        dx[y == 0] = 0
# ->
        dx = torch.ones_like(dupstream)
        dx[y == 0] = 0
