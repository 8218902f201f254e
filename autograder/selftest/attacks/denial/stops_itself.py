# title: The process stops itself
# hopes: it is neither dead nor answering
# base: complete

# %% first
import os, signal

os.kill(os.getpid(), signal.SIGSTOP)
