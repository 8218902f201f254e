# title: the Sigmoid returns its own slope alone

# %% edit
dx = dupstream * y * (1 - y)
# ->
dx = y * (1 - y)
