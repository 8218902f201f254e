# title: The line to the grader is replaced by something that never answers
# hopes: the grader waits without end
# base: complete

# %% first
import os

reading, writing = os.pipe()
for fd in range(3, 64):
    if fd not in (reading, writing):
        try:
            os.dup2(writing, fd)
        except OSError:
            pass
