# title: sent the output back instead of the gradient of the loss
# question: mnist
# hint: You send the output of the network back. What goes back is the gradient of the loss, which the loss returns
#   beside its value.

# %% edit
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        net.backward(y_pred)
        net.optimizer_step(learning_rate)
