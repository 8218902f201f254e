# title: went through the layers in the same order both ways
# question: net
# hint: Your backward pass goes through the layers from the first to the last. The gradient comes from the output, so
#   the last layer has to get it first.

# %% edit
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        for layer in self.layers:
            dx = layer.backward(dx)
