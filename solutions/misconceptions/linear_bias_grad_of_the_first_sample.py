# title: used only the first sample for the bias gradient
# question: linear
# hint: Your bias gradient is that of the first sample alone. Every sample of the batch adds its share.

# %% edit
        self.bias_grad = dupstream.sum(dim=0)
# ->
        self.bias_grad = dupstream[0]
