# title: returned the upstream gradient as it is
# question: sigmoid
# hint: Your backward pass returns the upstream gradient as it came. It has to be multiplied by the slope of the
#   function.

# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream
