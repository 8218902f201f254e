# title: set the gradient to 0 where the output is positive
# question: relu
# hint: Your backward pass has the two cases the wrong way round: the gradient has to pass where the output is
#   positive, and to vanish where it is 0.

# %% edit
        dx[y == 0] = 0
# ->
        dx[y != 0] = 0
