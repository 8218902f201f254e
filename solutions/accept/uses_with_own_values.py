# title: The use-cells seed, try several passes and assert; MNIST dimensions computed from the data by numpy and unique
# %% edit
layer = Linear(in_features, out_features)
# Forward pass
y = layer.forward(x)
# Backward pass
dx = layer.backward(dy)
# ->
torch.manual_seed(0)
for attempt in range(3):
    layer = Linear(in_features, out_features)
    y = layer.forward(x)
    dx = layer.backward(dy)
assert y.shape == (2, 4) and dx.shape == x.shape
# %% edit
dx_relu = relu.backward(dy)
# ->
dx_relu = relu.backward(dy)
assert torch.equal(dx_relu, relu.backward(dy)), 'twice the same'
# %% edit
dy = torch.ones_like(y)
# ->
dy = torch.ones(n_samples, out_features)
# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
first_image, _ = train_data[0]
import numpy as np
in_features = np.prod(first_image.shape)
out_features = len(train_data.targets.unique())
hidden_dim = 3 * out_features  # 30
