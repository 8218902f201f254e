# title: A cell of failed assertions, each of which takes its time
# hopes: what stands below a failed assertion is run with a cell's time of its own
# base: complete

# %% first
import time
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
time.sleep(9); assert False
