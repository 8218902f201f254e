# title: summed the input instead of the upstream gradient
# question: linear
# hint: Your bias gradient is the sum of the inputs. The bias is added to the product, so its gradient does not depend
#   on the input at all, only on the upstream gradient.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = x.sum(dim=0)
