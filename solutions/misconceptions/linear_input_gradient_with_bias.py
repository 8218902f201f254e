# title: multiplied by weight plus bias on the way back
# question: linear
# hint: The bias has got into the gradient of the input. It is only added on the way forward, so it does not change
#   how the output depends on the input.

# %% edit
        dx = dupstream @ self.weight.T
# ->
        dx = dupstream @ (self.weight + self.bias).T
