# title: loaded the weight without transposing it
# question: linear_torch
# hint: PyTorch's layer has your weight as it is. It keeps its weight as [out, in], the transpose of yours.

# %% edit
torch_layer.weight = nn.Parameter(layer.weight.t())
# ->
torch_layer.weight = nn.Parameter(layer.weight)
