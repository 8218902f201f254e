# title: applied Softmax before the loss in training
# question: mnist
# hint: You apply Softmax to the output before the loss. The loss takes logits and does that by itself, so it happens
#   twice.

# %% edit
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses
# ->
        y_pred = Softmax(net.forward(x_batch))
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses
