# title: Memory is taken until there is none
# hopes: the machine swaps, or the grader is killed instead
# base: complete
# may lose: linear linear_use linear_torch relu sigmoid activations_use activations_torch net net_use torchnet torchnet_use
#   softmax mnist

# %% first
blocks = []
while True:
    blocks.append(bytearray(64 * 2**20))
    for at in range(0, 64 * 2**20, 4096):
        blocks[-1][at] = 1
