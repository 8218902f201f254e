# title: The step compares the name of a layer's class
# %% edit
            if hasattr(layer, 'weight'):
# ->
            if layer.__class__.__name__ == 'Linear':
