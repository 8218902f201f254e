# title: returned the slope alone
# question: sigmoid
# hint: Your backward pass returns the slope alone. The chain rule asks for the slope times the upstream gradient.

# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = y * (1 - y)
