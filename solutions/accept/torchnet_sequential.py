# title: TorchNet puts its three named layers into an nn.Sequential; accuracy by comparing classes and mean()
# %% edit
        self.layer2 = nn.Linear(hidden_dim, out_features)
# ->
        self.layer2 = nn.Linear(hidden_dim, out_features)
        self.net = nn.Sequential(self.layer1, self.relu, self.layer2)
# %% edit
        x = self.layer2(self.relu(self.layer1(x)))
# ->
        x = self.net(x)
# %% edit
        # How many of the batch were recognised?
        correct = torch.argmax(y_pred, axis=1) == torch.argmax(y_batch, axis=1)
        train_accs.append(torch.sum(correct) / len(y_pred))
# ->
        hits = y_pred.argmax(1).eq(y_batch.argmax(1))
        train_accs.append(hits.float().mean().item())
# %% edit
        correct = torch.argmax(y_pred, axis=1) == torch.argmax(y_batch, axis=1)
        total_correct += torch.sum(correct)
# ->
        total_correct += int((y_pred.max(dim=1).indices == y_batch.max(dim=1).indices).sum())
# %% edit
        loss, grad = CrossEntropyLoss(y_batch, y_pred)

        # Add up
# ->
        loss = CrossEntropyLoss(y_batch, y_pred)[0]

        # Add up
