# title: took the exponential of minus the logits
# question: softmax
# hint: The largest logit gets the smallest probability: check the sign in the exponent.

# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
# ->
    e = torch.exp(-z)
