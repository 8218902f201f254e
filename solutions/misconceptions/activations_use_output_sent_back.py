# title: sent the outputs back instead of dy
# question: activations_use
# hint: You send an output back through its layer. What goes back is the upstream gradient, `dy`.

# %% edit
dx_relu = relu.backward(dy)
# ->
dx_relu = relu.backward(y_relu)

# %% edit
dx_sigmoid = sigmoid.backward(dy)
# ->
dx_sigmoid = sigmoid.backward(y_sigmoid)
