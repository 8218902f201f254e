# title: swapped the arguments of the loss on the test data
# question: mnist
# hint: Your loss on the test data has its two arguments in the wrong order: first what is true, then what the network
#   says.

# %% edit
        # TODO: the cross entropy loss of these predictions.
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
# ->
        # TODO: the cross entropy loss of these predictions.
        loss, grad = CrossEntropyLoss(y_pred, y_batch)
