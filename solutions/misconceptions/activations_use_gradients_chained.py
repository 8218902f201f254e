# title: sent the gradient of the ReLU through the sigmoid
# question: activations_use
# hint: You send the ReLU's gradient back through the sigmoid. Here both get the same upstream gradient, `dy`, each
#   for itself.

# %% edit
dx_sigmoid = sigmoid.backward(dy)
# ->
dx_sigmoid = sigmoid.backward(dx_relu)
