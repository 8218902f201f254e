# title: wrote 1 + y in the slope
# question: sigmoid
# hint: Your slope is y (1 + y). A sign in it is wrong: the slope has to become 0 as the output comes close to 1.

# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * y * (1 + y)
