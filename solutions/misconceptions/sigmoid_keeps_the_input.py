# title: kept the input instead of the output for the backward pass
# question: sigmoid
# hint: The formula y (1 - y) wants the output of the forward pass, but what you put into it is the input. Look at
#   what the forward pass keeps.

# %% edit
        self.cache = y

        return y

    def backward(self, dupstream):
        """Multiply
# ->
        self.cache = x

        return y

    def backward(self, dupstream):
        """Multiply
