# title: Losses are kept as plain numbers, and the gradient of the input is kept too
# %% edit
        train_losses.append(loss)

        # TODO: the backward pass, then a step of gradient descent.
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        train_losses.append(loss.item())

        _ = net.backward(grad)
        net.optimizer_step(lr=learning_rate)
# %% edit
        loss, grad = CrossEntropyLoss(y_batch, y_pred)

        # Add up
# ->
        loss, grad = CrossEntropyLoss(y_true=y_batch, y_pred=y_pred)
        loss = float(loss)

        # Add up
