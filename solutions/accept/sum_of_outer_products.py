# title: Gradients of Linear as explicit sums over the samples, by bmm, tensordot and cumsum
# %% edit
        y = x @ self.weight + self.bias
# ->
        y = torch.tensordot(x, self.weight, dims=([1], [0])) + self.bias.expand(len(x), -1)
# %% edit
        dx = dupstream @ self.weight.T
        self.weight_grad = x.T @ dupstream
        self.bias_grad = dupstream.sum(dim=0)
# ->
        dx = torch.tensordot(dupstream, self.weight, dims=([1], [1]))
        self.weight_grad = torch.bmm(x.unsqueeze(-1), dupstream.unsqueeze(1)).sum(dim=0)
        self.bias_grad = torch.stack(list(dupstream)).cumsum(dim=0)[-1]
