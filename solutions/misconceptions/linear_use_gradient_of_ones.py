# title: sent ones back instead of dy
# question: linear_use
# hint: You send ones back through the layer. The cell has an upstream gradient for it, `dy`.

# %% edit
# Backward pass
dx = layer.backward(dy)

print('Shape of the output y:', y.shape)
# ->
# Backward pass
dx = layer.backward(torch.ones_like(dy))

print('Shape of the output y:', y.shape)
