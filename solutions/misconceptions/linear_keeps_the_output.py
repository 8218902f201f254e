# title: kept the output instead of the input for the backward pass
# question: linear
# hint: Your weight gradient is made from the output of the layer, where its input belongs. Look at what the forward
#   pass keeps.

# %% edit
        self.cache = x


# ->
        self.cache = y


