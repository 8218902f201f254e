# title: sent back output minus labels
# question: mnist
# hint: You send back the difference of logits and labels. The gradient of the loss is in terms of probabilities, and
#   the loss returns it beside its value.

# %% edit
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        net.backward(y_pred - y_batch)
        net.optimizer_step(learning_rate)
