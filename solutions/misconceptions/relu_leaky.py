# title: let a hundredth of negative inputs through
# question: relu
# hint: Your forward pass is that of a leaky ReLU: it lets a hundredth of each negative input through. Here they
#   become exactly 0.

# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = torch.where(x > 0, x, 0.01 * x)
