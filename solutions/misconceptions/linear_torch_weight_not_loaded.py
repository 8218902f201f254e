# title: left PyTorch's own random weight
# question: linear_torch
# hint: PyTorch's layer still has the random weight that it was made with. To compare the two layers, it needs yours.

# %% edit
torch_layer.weight = nn.Parameter(layer.weight.t())
# ->
pass
