# title: left PyTorch's own random bias
# question: linear_torch
# hint: PyTorch's layer still has the random bias that it was made with. To compare the two layers, it needs yours.

# %% edit
torch_layer.bias = nn.Parameter(layer.bias)
# ->
pass
