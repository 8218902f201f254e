# title: the step is made for the last layer alone

# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
# ->
        for layer in self.layers[-1:]:
            if hasattr(layer, 'weight'):
