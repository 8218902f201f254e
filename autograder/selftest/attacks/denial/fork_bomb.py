# title: Processes fork without end, each in a session of its own
# hopes: killing is slower than forking
# base: complete
# may lose: linear linear_use linear_torch relu sigmoid activations_use activations_torch net net_use torchnet torchnet_use softmax mnist

# %% first
import os

while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
