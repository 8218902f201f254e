# title: cut the output off at 1
# question: relu
# hint: Your output never exceeds 1. ReLU has no upper limit: positive inputs stay as they are.

# %% edit
        y = torch.clamp(x, min=0)
# ->
        y = torch.clamp(x, min=0, max=1)
