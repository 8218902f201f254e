# title: updated the first layer only
# question: net
# hint: Your step moves only the first layer of those that have parameters. Every one of them learns.

# %% edit
        for layer in self.layers:
            if hasattr(layer, 'weight'):
# ->
        for layer in self.layers[:1]:
            if hasattr(layer, 'weight'):
