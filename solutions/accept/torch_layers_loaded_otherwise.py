# title: PyTorch's layers get their parameters by copy_, .data or load_state_dict, and gradients by autograd.backward or a sum
# %% edit
torch_layer.weight = nn.Parameter(layer.weight.t())
torch_layer.bias = nn.Parameter(layer.bias)
# ->
with torch.no_grad():
    torch_layer.weight.copy_(layer.weight.T)
torch_layer.bias.data = layer.bias.clone()
# %% edit
torch_y.backward(dy)

print('Shape of the output torch_y:', torch_y.shape)
print('Shape of the gradient of x_lin
# ->
(torch_y * dy).sum().backward()

print('Shape of the output torch_y:', torch_y.shape)
print('Shape of the gradient of x_lin
# %% edit
torch_relu = nn.ReLU()
torch_y_relu = torch_relu(x_relu)
# Backward pass
torch_y_relu.backward(dy)
# ->
torch_relu = nn.functional.relu
torch_y_relu = torch_relu(x_relu)
torch.autograd.backward(torch_y_relu, grad_tensors=dy)
# %% edit
torch_sigmoid = nn.Sigmoid()
torch_y_sigmoid = torch_sigmoid(x_sigmoid)
# Backward pass
torch_y_sigmoid.backward(dy)
# ->
torch_sigmoid = torch.sigmoid
torch_y_sigmoid = torch_sigmoid(x_sigmoid)
(x_sigmoid.grad,) = torch.autograd.grad(torch_y_sigmoid, x_sigmoid, dy)
# %% edit
torch_net.layer1.weight = nn.Parameter(net.layers[0].weight.T)
torch_net.layer1.bias = nn.Parameter(net.layers[0].bias)
torch_net.layer2.weight = nn.Parameter(net.layers[2].weight.T)
torch_net.layer2.bias = nn.Parameter(net.layers[2].bias)
# ->
torch_net.load_state_dict({
    f'layer{number}.{name}': value
    for number, own in ((1, net.layers[0]), (2, net.layers[2]))
    for name, value in (('weight', own.weight.T), ('bias', own.bias))
})
# %% edit
torch_y = torch_net(torch_x)

# Backward pass
torch_y.backward(dy)
# ->
torch_y = torch_net.forward(torch_x)
torch_y.sum().backward()
