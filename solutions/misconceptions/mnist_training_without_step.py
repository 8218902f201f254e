# title: left out the step
# question: mnist
# hint: Your losses are those of a network that never changes: gradients alone do not move the parameters.

# %% edit
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        net.backward(grad)
