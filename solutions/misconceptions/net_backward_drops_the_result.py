# title: did not keep what the layers return on the way back
# question: net
# hint: Your backward pass returns the gradient that it was given: what a layer returns has to become the argument for
#   the next one, and in the end the result.

# %% edit
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        for layer in reversed(self.layers):
            layer.backward(dx)
