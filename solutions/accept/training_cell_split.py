# title: The training cell cut into settings, network, loop, and two cells of plots
# %% instead of mnist
in_features, hidden_dim, out_features = 28*28, 30, 10
# %% instead of mnist
learning_rate = 5e-1
epochs = 10
# %% instead of mnist
layers = [Linear(in_features, hidden_dim),
          Sigmoid(),
          Linear(hidden_dim, out_features)]
net = Net(layers)
# %% instead of mnist
train_losses = []
train_accs = []
# %% instead of mnist
for epoch in range(epochs):
    for i, (x_batch, y_batch) in enumerate(train_loader):
        x_batch = x_batch.flatten(start_dim=1)
        y_batch = nn.functional.one_hot(y_batch, num_classes=10)

        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses.append(loss)

        net.backward(grad)
        net.optimizer_step(learning_rate)

        correct = torch.argmax(y_pred, axis=1) == torch.argmax(y_batch, axis=1)
        train_accs.append(torch.sum(correct) / len(y_pred))

        if i % 200 == 0:
            print(f'epoch {epoch + 1}, batch {i}, loss {loss:.4f}')

    test_loss = 0
    total_correct = 0
    for x_batch, y_batch in test_loader:
        x_batch = x_batch.flatten(start_dim=1)
        y_batch = nn.functional.one_hot(y_batch, num_classes=10)
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        test_loss += loss
        correct = torch.argmax(y_pred, axis=1) == torch.argmax(y_batch, axis=1)
        total_correct += torch.sum(correct)

    test_loss /= len(test_loader)
    test_acc = 100. * total_correct / len(test_loader.dataset)
    print(f'test loss {test_loss:.4f}, accuracy {test_acc:.0f} %')
# %% instead of mnist
plt.figure(figsize=(9, 4))
plt.subplot(1, 2, 1)
plt.plot(train_losses)
plt.grid()
# %% instead of mnist
plt.subplot(1, 2, 2)
plt.plot(train_accs)
plt.grid()
