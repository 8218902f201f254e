# title: Kommentare, Docstrings und Hilfsmethoden auf Deutsch, with umlauts in names
# %% instead of linear
class Linear(object):
    """Vollständig verbundene Schicht.

    Argumente:
        in_features: Anzahl der Eingänge
        out_features: Anzahl der Ausgänge
    """

    def __init__(self, in_features, out_features):
        super(Linear, self).__init__()
        self._lege_platzhalter_an(in_features, out_features)
        self.init_params()
        self.cache = None
        self.weight_grad = None
        self.bias_grad = None

    def _lege_platzhalter_an(self, eingänge, ausgänge):
        """Größen festlegen; die Werte kommen später."""
        self.weight = torch.empty(eingänge, ausgänge)
        self.bias = torch.empty(ausgänge)

    def init_params(self, std=1.):
        self.weight = std * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def _gewichte(self, x):
        return x @ self.weight

    def forward(self, x):
        # Zuerst merken, dann rechnen
        self.cache = x
        return self._gewichte(x) + self.bias

    def _übergib(self, grad):
        return grad @ self.weight.T

    def backward(self, dupstream):
        # Äußere Ableitung mal innere Ableitung
        self.weight_grad = self.cache.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
        return self._übergib(dupstream)
# %% edit
# A random upstream gradient; it has the shape of the output, which here is that of the input
# ->
# Zufälliger Gradient von „oben“ – so groß wie die Ausgabe
# %% edit
        for layer in self.layers:
            x = layer.forward(x)
# ->
        for schicht in self.layers:
            x = schicht.forward(x)
# %% edit
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
# ->
        for schicht in reversed(self.layers):  # rückwärts
            dx = schicht.backward(dx)
