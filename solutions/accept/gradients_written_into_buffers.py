# title: Gradient tensors are made once, in the constructor, and each backward pass writes into them
# %% edit
        self.weight_grad = None
        self.bias_grad = None
# ->
        self.weight_grad = torch.zeros_like(self.weight)
        self.bias_grad = torch.zeros_like(self.bias)
# %% edit
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        torch.mm(x.t(), dupstream, out=self.weight_grad)
        torch.sum(dupstream, dim=0, out=self.bias_grad)
