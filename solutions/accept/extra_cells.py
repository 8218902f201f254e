# title: Cells of the student's own in between: experiments, a numerical gradient check, timing, notes, an empty one
# %% after linear
# Does it work for one sample?
probe = Linear(10, 1)
print(probe.forward(torch.ones(1, 10)).item())
# %% after linear_use

# %% after linear_torch
def numerical_gradient(f, at, step=1e-3):
    result = torch.zeros_like(at)
    for index in range(at.numel()):
        shifted = at.clone().view(-1)
        shifted[index] += step
        above = f(shifted.view_as(at))
        shifted[index] -= 2 * step
        result.view(-1)[index] = (above - f(shifted.view_as(at))) / (2 * step)
    return result

probe = Linear(3, 2)
point = torch.randn(4, 3)
probe.forward(point)
print((numerical_gradient(lambda t: probe.forward(t).sum(), point) - probe.backward(torch.ones(4, 2))).abs().max())
# %% after sigmoid
grid = torch.linspace(-6, 6, 101)
plt.plot(grid, Sigmoid().forward(grid))
plt.plot(grid, ReLU().forward(grid))
plt.show()
# %% after activations_torch
"""I first forgot the upstream gradient, and then both lines said False."""
# %% after net
import time
started = time.perf_counter()
Net([Linear(100, 100), ReLU(), Linear(100, 10)]).forward(torch.randn(64, 100))
print(time.perf_counter() - started)
# %% after torchnet
sum(p.numel() for p in torch_net.parameters())
# %% after softmax
Softmax(torch.tensor([[0., 1., 2.]]))
# %% last
confusion = torch.zeros(10, 10, dtype=torch.long)
for guess, truth in zip(y_pred.argmax(1), y_batch.argmax(1)):
    confusion[truth, guess] += 1
print(confusion)
# %% last
plt.imshow(net.layers[0].weight[:, 0].view(28, 28))
plt.show()
