# title: returned the upstream gradient as it is
# question: relu
# hint: Your backward pass lets every gradient through. Where the output is 0, a small change of the input changes
#   nothing, so no gradient may pass there.

# %% edit
        dx[y == 0] = 0
# ->
        dx[y == 0] = dx[y == 0]
