# title: All arithmetic is done in double precision and handed out in the precision of the input
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = (x.double() @ self.weight.double() + self.bias.double()).to(x.dtype)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        wide = dupstream.to(torch.float64)
        dx = (wide @ self.weight.T.to(torch.float64)).to(dupstream.dtype)
        self.weight_grad = (x.T.to(torch.float64) @ wide).to(self.weight.dtype)
        self.bias_grad = wide.sum(dim=0).to(self.bias.dtype)
# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = (1 / (1 + torch.exp(-x.double()))).type_as(x)
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    e = torch.exp((z - z.max(dim=1, keepdim=True).values).double())
    p = (e / e.sum(dim=1, keepdim=True)).type(z.dtype)
