# title: Every class has __call__, and the cells and Net use layers by calling them
# %% edit
    def init_params(self, std=1.):
# ->
    def __call__(self, x):
        return self.forward(x)

    def init_params(self, std=1.):
# %% edit
class ReLU(object):
# ->
class ReLU(object):
    def __call__(self, *args):
        return self.forward(*args)

# %% edit
class Sigmoid(object):
# ->
class Sigmoid(object):
    __call__ = lambda self, x: self.forward(x)

# %% edit
            x = layer.forward(x)
# ->
            x = layer(x)
# %% edit
    def optimizer_step(self, lr):
# ->
    def __call__(self, x):
        return self.forward(x)

    def optimizer_step(self, lr):
# %% edit
y = layer.forward(x)
# ->
y = layer(x)
# %% edit
y_relu = relu.forward(x)
# ->
y_relu = relu(x)
# %% edit
y_sigmoid = sigmoid.forward(x)
# ->
y_sigmoid = sigmoid(x)
# %% edit
# Forward pass
y = net.forward(x)
# ->
# Forward pass
y = net(x)
# %% edit
        y_pred = net.forward(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses
# ->
        y_pred = net(x_batch)
        loss, grad = CrossEntropyLoss(y_batch, y_pred)
        train_losses
