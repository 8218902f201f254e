# title: No matrix product anywhere: explicit broadcasting with unsqueeze and None, then a sum
# %% edit
        y = x @ self.weight + self.bias
# ->
        products = x.unsqueeze(2) * self.weight.unsqueeze(0)      # [batch, in, out]
        y = products.sum(dim=1) + self.bias.unsqueeze(0)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx = (dupstream[:, None, :] * self.weight[None, :, :]).sum(-1)
        self.weight_grad = (x[:, :, None] * dupstream[:, None, :]).sum(0)
        self.bias_grad = dupstream.sum(0)
# %% edit
    p = e / e.sum(dim=1, keepdim=True)
# ->
    p = e / e.sum(dim=1)[:, None].expand_as(e)
