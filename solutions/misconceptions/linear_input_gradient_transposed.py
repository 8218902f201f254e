# title: multiplied the factors of the input gradient in the other order
# question: linear
# hint: The gradient that you return is the transpose of the right one. It needs the shape of the input: one row for
#   each sample.

# %% edit
        dx = dupstream @ self.weight.T
# ->
        dx = self.weight @ dupstream.T
