# title: The whole notebook computes in double precision, set once as torch's default
# %% edit
import matplotlib.pyplot as plt
# ->
import matplotlib.pyplot as plt

torch.set_default_dtype(torch.float64)  # comparisons by allclose are safer this way
