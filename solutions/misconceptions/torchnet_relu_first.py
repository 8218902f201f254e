# title: put the ReLU before the first layer
# question: torchnet
# hint: Your ReLU is applied to the input, before the first layer. It belongs between the two layers.

# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.layer2(self.layer1(self.relu(x)))
