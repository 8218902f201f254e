# title: TorchNet names the members of an nn.Sequential, with an in-place ReLU; a hidden layer of 128 units
# %% edit
        self.layer1 = nn.Linear(in_features, hidden_dim)
        self.relu = nn.ReLU()
        self.layer2 = nn.Linear(hidden_dim, out_features)
# ->
        self.stack = nn.Sequential(nn.Linear(in_features, hidden_dim), nn.ReLU(inplace=True), nn.Linear(hidden_dim, out_features))
        self.layer1, self.relu, self.layer2 = self.stack
# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        for module in (self.layer1, self.relu, self.layer2):
            x = module(x)
# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
in_features, hidden_dim, out_features = 784, 128, 10
