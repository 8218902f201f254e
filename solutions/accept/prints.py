# title: Methods print shapes and tensors on every call, also during training
# %% edit
        y = x @ self.weight + self.bias
# ->
        print('Linear.forward', x.shape, '->', self.bias.shape)
        y = x @ self.weight + self.bias
# %% edit
        dx = dupstream @ self.weight.T
# ->
        print('Linear.backward', dupstream, x.mean(), sep='\n', end='\n\n', flush=True)
        dx = dupstream @ self.weight.T
# %% edit
        dx[y == 0] = 0
# ->
        dx[y == 0] = 0
        print(f'{int((y == 0).sum())} of {y.numel()} gradients stopped')
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        dx = dupstream * y * (1 - y)
        import sys; print('slope at most', float((y * (1 - y)).max()), file=sys.stderr)
# %% edit
        # TODO: the step, for weight and bias of every layer that has them.
# ->
        print('.', end='')
# %% edit
        net.backward(grad)
# ->
        if i == 0: display(grad[:1])
        net.backward(grad)
