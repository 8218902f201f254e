# title: A loop in C holds the interpreter lock
# hopes: no Python signal handler runs
# base: complete

# %% first
import itertools

next(itertools.filterfalse(lambda value: True, iter(int, 1))) if False else all(itertools.repeat(True))
