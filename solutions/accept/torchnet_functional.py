# title: TorchNet holds torch.relu, makes its last layer first and works with the weights; losses are kept as numpy values
# %% edit
        self.layer1 = nn.Linear(in_features, hidden_dim)
        self.relu = nn.ReLU()
        self.layer2 = nn.Linear(hidden_dim, out_features)
# ->
        self.layer2 = nn.Linear(hidden_dim, out_features)
        self.layer1 = nn.Linear(in_features, hidden_dim, bias=True)
        self.relu = torch.relu
# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.relu(nn.functional.linear(x, self.layer1.weight, self.layer1.bias))
        x = torch.addmm(self.layer2.bias, x, self.layer2.weight.T)
# %% edit
        train_losses.append(loss)
# ->
        train_losses.append(loss.detach().numpy())
# %% edit
        loss, grad = CrossEntropyLoss(y_batch, y_pred)

        # Add up
# ->
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        loss = loss.numpy()

        # Add up
