# title: nn.Linear with its state loaded, gradients by keywords and retained graphs; MNIST dimensions from a batch drawn for a look
# %% edit
torch_layer = nn.Linear(in_features, out_features)
# ->
torch_layer = nn.Linear(*layer.weight.shape, bias=True)
torch_layer.load_state_dict({'weight': layer.weight.t(), 'bias': layer.bias})
# %% edit
torch_y.backward(dy)

print('Shape of the output torch_y:', torch_y.shape)
print('Shape of the gradient of x_lin
# ->
torch_y.backward(gradient=dy, retain_graph=True)

print('Shape of the output torch_y:', torch_y.shape)
print('Shape of the gradient of x_lin
# %% edit
torch_relu = nn.ReLU()
torch_y_relu = torch_relu(x_relu)
# Backward pass
torch_y_relu.backward(dy)
# ->
torch_relu = nn.Threshold(0, 0)
torch_y_relu = torch_relu(x_relu)
(dy * torch_y_relu).sum().backward()
# %% edit
torch_y_sigmoid = torch_sigmoid(x_sigmoid)
# ->
torch_y_sigmoid = torch_sigmoid.forward(x_sigmoid)
# %% edit
in_features, hidden_dim, out_features = 28*28, 30, 10
# ->
images, labels = next(iter(test_loader))
in_features = images.flatten(start_dim=1).shape[1]
out_features = int(labels.max()) + 1
hidden_dim = 30
