# title: the Sigmoid passes the upstream gradient on as it is

# %% edit
dx = dupstream * y * (1 - y)
# ->
dx = dupstream
