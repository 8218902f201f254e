# title: computed the hyperbolic tangent
# question: sigmoid
# hint: Your outputs are those of the hyperbolic tangent, between -1 and 1. The logistic function lies between 0 and
#   1.

# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = torch.tanh(x)
