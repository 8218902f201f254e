# title: did not keep what the layers return
# question: net
# hint: Your forward pass returns the input itself: the output of a layer has to become the input of the next one.

# %% edit
        for layer in self.layers:
            x = layer.forward(x)
# ->
        for layer in self.layers:
            layer.forward(x)
