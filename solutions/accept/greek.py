# title: Comments, docstrings and local names in Greek
# %% instead of linear
class Linear(object):
    """Πλήρως συνδεδεμένο στρώμα: y = x W + b."""

    def __init__(self, in_features, out_features):
        super(Linear, self).__init__()
        # Χώρος για τα βάρη και την πόλωση
        self.weight = torch.zeros(in_features, out_features)
        self.bias = torch.zeros(out_features)
        self.init_params()
        self.cache = None
        self.weight_grad = None
        self.bias_grad = None

    def init_params(self, std=1.):
        """Τυχαίες αρχικές τιμές."""
        σ = std
        self.weight = σ * torch.randn_like(self.weight)
        self.bias = torch.rand_like(self.bias)

    def forward(self, x):
        """Πρόσθια διάδοση."""
        έξοδος = x @ self.weight + self.bias
        self.cache = x  # το χρειαζόμαστε στην οπίσθια διάδοση
        return έξοδος

    def backward(self, dupstream):
        """Οπίσθια διάδοση: ο κανόνας της αλυσίδας."""
        είσοδος, δ = self.cache, dupstream
        self.weight_grad = είσοδος.T @ δ
        self.bias_grad = δ.sum(dim=0)
        return δ @ self.weight.T
# %% edit
        y = 1 / (1 + torch.exp(-x))
        self.cache = y
# ->
        # Η λογιστική συνάρτηση
        ε = torch.exp(-x)
        y = 1 / (1 + ε)
        self.cache = y
# %% edit
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad
# ->
                η = lr  # ρυθμός μάθησης
                layer.weight = layer.weight - η * layer.weight_grad
                layer.bias = layer.bias - η * layer.bias_grad
