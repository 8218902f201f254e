# title: used a sigmoid as hidden activation
# question: torchnet
# hint: The activation of your hidden layer is a sigmoid where the task asks for a ReLU.

# %% edit
        self.relu = nn.ReLU()
# ->
        self.relu = nn.Sigmoid()
