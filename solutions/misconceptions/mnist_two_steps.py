# title: made two steps for each batch
# question: mnist
# hint: Your losses are those of two steps for each batch. One backward pass gives the gradients for one step.

# %% edit
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        net.backward(grad)
        net.optimizer_step(learning_rate)
        net.optimizer_step(learning_rate)
