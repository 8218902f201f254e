# title: gave the upstream gradient of the network to every layer
# question: net
# hint: Every layer of your network gets the same gradient on the way back. Each one needs what the layer after it has
#   returned.

# %% edit
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        for layer in reversed(self.layers):
            dx = layer.backward(dupstream)
