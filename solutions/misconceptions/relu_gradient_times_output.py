# title: multiplied the upstream gradient by the output
# question: relu
# hint: You multiply the upstream gradient by the output. The slope of ReLU is 1 wherever its output is positive,
#   however large that is.

# %% edit
        dx[y == 0] = 0
# ->
        dx = dx * y
