# title: The use-cells compute the same by other routes: sizes from tensors, keywords, unbound methods, torch.full
# %% edit
layer = Linear(in_features, out_features)
# Forward pass
y = layer.forward(x)
# Backward pass
dx = layer.backward(dy)
# ->
layer = Linear(out_features=dy.shape[1], in_features=x.size(-1))
y, dx = Linear.forward(layer, x), Linear.backward(layer, dupstream=dy)
# %% edit
y_relu = relu.forward(x)
dx_relu = relu.backward(dy)

y_sigmoid = sigmoid.forward(x)
dx_sigmoid = sigmoid.backward(dy)
# ->
y_relu, y_sigmoid = [activation.forward(x.clone()) for activation in (relu, sigmoid)]
dx_sigmoid, dx_relu = [activation.backward(dy.clone()) for activation in (sigmoid, relu)]
# %% edit
net = Net(layers)

# Forward pass
y = net.forward(x)

# The upstream gradient: 1 for each entry of y
dy = torch.ones_like(y)
# ->
net = Net(layers=layers)
y = x
for part in net.layers:
    y = part.forward(y)
dy = torch.full(y.shape, 1.)
# %% edit
# Backward pass
dx = net.backward(dy)
# ->
dx = dy
for part in net.layers[::-1]:
    dx = part.backward(dx)
