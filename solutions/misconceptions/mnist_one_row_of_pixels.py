# title: took 28 for the number of inputs
# question: mnist
# hint: Your network has 28 inputs, the pixels of one row of an image. Flattened, an image has 28 rows of them.

# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
in_features, hidden_dim, out_features = 28, 30, 10
