# title: summed the bias gradient over the features instead of the batch
# question: linear
# hint: Your bias gradient is summed along the wrong dimension: it has one number for each sample, but it needs one
#   for each output feature.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream.sum(dim=1)
