# title: forgot the minus sign in the exponent
# question: sigmoid
# hint: Your function falls where it should rise: check the sign in the exponent.

# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = 1 / (1 + torch.exp(x))
