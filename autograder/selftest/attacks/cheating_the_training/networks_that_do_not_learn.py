# title: A network draws its weights once and never changes them
# hopes: a lucky draw, or an accuracy that is not measured
# base: complete
# may lose: net net_use mnist

# %% after net
def optimizer_step(self, lr):
    pass

Net.optimizer_step = optimizer_step
