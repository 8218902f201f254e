# title: put the ReLU behind the second layer
# question: torchnet
# hint: Your ReLU comes after the second layer. It belongs between the two, where hidden units are.

# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.relu(self.layer2(self.layer1(x)))
