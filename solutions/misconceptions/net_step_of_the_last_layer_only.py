# title: updated the last layer only
# question: net
# hint: Your step moves only the last layer of those that have parameters. Every one of them learns.

# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
# ->
        for layer in self.layers[-1:]:
            if hasattr(layer, 'weight'):
