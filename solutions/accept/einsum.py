# title: Every sum over an index is written as an einsum, the normalisation of Softmax included
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = torch.einsum('ni,io->no', x, self.weight) + self.bias
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx = torch.einsum('no,io->ni', dupstream, self.weight)
        self.weight_grad = torch.einsum('ni,no->io', x, dupstream)
        self.bias_grad = torch.einsum('no->o', dupstream)
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = torch.einsum('...,...,...->...', dupstream, y, 1 - y)
# %% edit
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = torch.einsum('nk,n->nk', e, 1 / torch.einsum('nk->n', e))
