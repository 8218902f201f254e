# title: did not use the ReLU
# question: torchnet
# hint: Your network does not use its ReLU: two linear layers in a row are no more than one.

# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.layer2(self.layer1(x))
