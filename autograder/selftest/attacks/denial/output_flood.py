# title: Output is written without end
# hopes: pipes fill, logs grow, memory goes
# base: complete

# %% first
import os

line = b"flood " * 20_000
while True:
    os.write(1, line)
