# title: Functions of torch instead of operators, transposes by permute and swapaxes
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = torch.add(torch.matmul(x, self.weight), self.bias)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx = torch.matmul(dupstream, self.weight.permute(1, 0))
        self.weight_grad = torch.matmul(torch.swapaxes(x, 0, 1), dupstream)
        self.bias_grad = torch.sum(dupstream, axis=0)
# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = torch.reciprocal(torch.add(torch.exp(torch.neg(x)), 1))
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = torch.mul(dupstream, torch.mul(y, torch.sub(1, y)))
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    e = torch.exp(torch.sub(z, torch.amax(z, dim=-1, keepdim=True)))
    p = torch.div(e, torch.sum(e, dim=-1, keepdim=True))
