# title: kept the upstream gradient as bias gradient, a row for each sample
# question: linear
# hint: Your bias gradient still has one row for each sample. There is a single bias, which every row uses, so what
#   the rows say about it has to be added up.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream
