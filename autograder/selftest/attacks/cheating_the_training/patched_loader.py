# title: Loaders give one batch only
# hopes: the training cell is done at once
# base: complete
# may lose: mnist

# %% first
import torch.utils.data

original = torch.utils.data.DataLoader.__iter__

def short(self):
    for batch in original(self):
        yield batch
        return

torch.utils.data.DataLoader.__iter__ = short
