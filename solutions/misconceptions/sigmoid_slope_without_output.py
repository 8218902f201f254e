# title: left out the factor y in the slope
# question: sigmoid
# hint: Your slope is 1 - y: a factor is missing. The slope is small for outputs near 0 as well as near 1.

# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * (1 - y)
