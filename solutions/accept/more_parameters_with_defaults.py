# title: More parameters, all with defaults, representations and lengths; trials under `if __name__ == "__main__":`
# %% edit
    def __init__(self, in_features, out_features):
        super(Linear, self).__init__()
# ->
    def __repr__(self):
        return f'Linear({self.in_features} -> {self.out_features})'

    def __len__(self):
        return self.weight.numel() + self.bias.numel()

    def __init__(self, in_features, out_features, name='linear', **options):
        super(Linear, self).__init__()
        self.in_features, self.out_features, self.name = in_features, out_features, name
# %% edit
    def backward(self, dupstream):
        """Send a gradient back through all layers.
# ->
    def __iter__(self):
        return iter(self.layers)

    def __getitem__(self, number):
        return self.layers[number]

    def __len__(self):
        return len(self.layers)

    def backward(self, dupstream, verbose=False):
        """Send a gradient back through all layers.
# %% edit
        for layer in self.layers:
            x = layer.forward(x)
# ->
        for layer in self:
            x = layer.forward(x)
# %% after softmax
if __name__ == "__main__":
    example = torch.tensor([[1., 2., 3.]])
    print(Softmax(example), Softmax(example).sum())
# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
assert len(train_data) == 60_000 and len(test_data) == 10_000
assert __name__ == "__main__"
in_features, hidden_dim, out_features = 28*28, 30, 10
