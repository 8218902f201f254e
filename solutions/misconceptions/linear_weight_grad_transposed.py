# title: multiplied the factors of the weight gradient in the other order
# question: linear
# hint: Your weight gradient is the transpose of the right one. Its shape has to be that of the weight, [in, out],
#   which tells the order of the two factors.

# %% edit
        self.weight_grad = x.T @ dupstream
# ->
        self.weight_grad = dupstream.T @ x
