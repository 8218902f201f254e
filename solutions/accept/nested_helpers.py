# title: Nested functions, generators and a context manager inside the methods; training goes through the layers one by one
# %% before linear
from contextlib import contextmanager
# %% edit
        y = x @ self.weight + self.bias
# ->
        def columns():
            for weights, offset in zip(self.weight.unbind(1), self.bias):
                yield x.mv(weights) + offset
        y = torch.stack(tuple(columns()), dim=1)
# %% edit
        dx = dupstream @ self.weight.T
# ->
        @contextmanager
        def transposed(matrix):
            yield matrix.T

        with transposed(self.weight) as back:
            dx = dupstream @ back
# %% edit
        for layer in self.layers:
            x = layer.forward(x)
# ->
        def through(layers, signal):
            for layer in layers:
                signal = layer.forward(signal)
                yield signal
        *_, x = through(self.layers, x)
# %% edit
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses.append(loss)

        # TODO: the backward pass, then a step of gradient descent.
        net.backward(grad)
        net.optimizer_step(learning_rate)
# ->
        y_pred = x_batch
        for layer in net.layers:
            y_pred = layer.forward(y_pred)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses.append(loss)

        for layer in reversed(net.layers):
            grad = layer.backward(grad)
        for layer in net.layers:
            if isinstance(layer, Linear):
                layer.weight -= learning_rate * layer.weight_grad
                layer.bias -= learning_rate * layer.bias_grad
