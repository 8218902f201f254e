# title: used the output as upstream gradient
# question: net_use
# hint: Your upstream gradient is the output itself. The task asks for a 1 for each entry of it.

# %% edit
dy = torch.ones_like(y)
# ->
dy = y
