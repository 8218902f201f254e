# title: looked at the sign of the gradient instead of that of the input
# question: relu
# hint: Your backward pass removes negative gradients. What decides is the sign of the input in the forward pass; a
#   gradient may well be negative.

# %% edit
        dx[y == 0] = 0
# ->
        dx[dx < 0] = 0
