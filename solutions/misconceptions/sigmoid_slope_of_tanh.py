# title: used the slope of tanh
# question: sigmoid
# hint: Your slope is 1 minus the square of the output, which is that of the hyperbolic tangent, not of the logistic
#   function.

# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * (1 - y ** 2)
