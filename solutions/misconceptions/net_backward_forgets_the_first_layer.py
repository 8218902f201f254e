# title: left out the first layer on the way back
# question: net
# hint: Your backward pass stops before the first layer, which so never gets its gradients.

# %% edit
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        for layer in reversed(self.layers[1:]):
            dx = layer.backward(dx)
