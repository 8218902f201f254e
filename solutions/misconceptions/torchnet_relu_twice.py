# title: put a second ReLU behind the output
# question: torchnet
# hint: Your network applies a ReLU to its output as well, which so can never be negative. Only the hidden layer has
#   one.

# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.relu(self.layer2(self.relu(self.layer1(x))))
