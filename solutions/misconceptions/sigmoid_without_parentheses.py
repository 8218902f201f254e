# title: forgot the parentheses around the denominator
# question: sigmoid
# hint: Your output is one plus the exponential: the division applies to the first summand only. Mind which operation
#   is done first.

# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = 1 / 1 + torch.exp(-x)
