# title: negated the learning rate
# question: mnist
# hint: Your training goes uphill: the step already moves against the gradient, so the learning rate stays positive.

# %% edit
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        net.backward(grad)
        net.optimizer_step(-learning_rate)
