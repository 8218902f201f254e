# title: sent the output back instead of dy
# question: net_use
# hint: You send the output `y` back through the network. What goes back is the upstream gradient, `dy`.

# %% edit
dx = net.backward(dy)
# ->
dx = net.backward(y)
