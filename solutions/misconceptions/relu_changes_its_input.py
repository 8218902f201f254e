# title: worked in place on the input
# question: relu
# hint: Your forward pass writes into the tensor that it is given, so the caller's own x changes. Compute a new tensor
#   instead.

# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = x.clamp_(min=0)
