# title: summed the bias gradient over everything
# question: linear
# hint: Your bias gradient is a single number. Each output feature has a bias of its own; only the samples are to be
#   added up.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream.sum()
