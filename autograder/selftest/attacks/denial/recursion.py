# title: Recursion without a limit, until the stack is gone
# hopes: the process dies without a word
# base: complete

# %% first
import sys

sys.setrecursionlimit(2**31 - 1)

class Deep:
    def __repr__(self):
        return repr(self)

repr(Deep())
