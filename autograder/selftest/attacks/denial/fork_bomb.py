# title: Processes fork without end, each in a session of its own
# hopes: killing is slower than forking
# base: complete

# %% first
import os

while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
