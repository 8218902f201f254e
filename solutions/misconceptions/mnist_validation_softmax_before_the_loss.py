# title: applied Softmax before the loss on the test data
# question: mnist
# hint: On the test data you apply Softmax before the loss. The loss takes logits and does that by itself, so it
#   happens twice.

# %% edit
        # TODO: the cross entropy loss of these predictions.
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
# ->
        # TODO: the cross entropy loss of these predictions.
        loss, grad = CrossEntropyLoss(y_batch, Softmax(y_pred))
