# title: fed the sigmoid with the output of the ReLU
# question: activations_use
# hint: Your sigmoid gets the output of the ReLU. Here both of them are tried on `x`, each for itself.

# %% edit
y_sigmoid = sigmoid.forward(x)
# ->
y_sigmoid = sigmoid.forward(y_relu)
