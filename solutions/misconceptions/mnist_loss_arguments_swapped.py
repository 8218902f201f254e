# title: swapped the arguments of the loss in training
# question: mnist
# hint: Your training loss has its two arguments in the wrong order: first what is true, then what the network says.

# %% edit
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses
# ->
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_pred, y_batch)
        train_losses
