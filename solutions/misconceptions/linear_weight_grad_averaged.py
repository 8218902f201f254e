# title: averaged the weight gradient over the batch
# question: linear
# hint: Your weight gradient is the right one divided by the batch size. The matrix product already adds up the
#   samples as it should; averaging is part of the loss.

# %% edit
        self.weight_grad = x.T @ dupstream
# ->
        self.weight_grad = x.T @ dupstream / x.shape[0]
