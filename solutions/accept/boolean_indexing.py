# title: ReLU and Sigmoid fill in parts that boolean masks choose, Sigmoid by the formula that cannot overflow there; Softmax goes row by row
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        y = x.clone()
        negative = y < 0
        y[negative] = 0
        self.cache = y
# %% edit
        y = self.cache
        dx = dupstream
        dx[y == 0] = 0
# ->
        y = self.cache
        dx = torch.zeros(dupstream.shape)
        dx[y > 0] = dupstream[y > 0]
# %% edit
        y = 1 / (1 + torch.exp(-x))
# ->
        y = torch.empty(x.shape)
        right, left = x >= 0, x < 0
        y[right] = 1 / (1 + torch.exp(-x[right]))
        growing = torch.exp(x[left])
        y[left] = growing / (1 + growing)
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    rows = []
    for row in z:
        e = (row - max(row)).exp()
        rows.append(e / sum(e))
    p = torch.stack(rows)
