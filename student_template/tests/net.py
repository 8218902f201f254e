from otter.test_files import test_case

OK_FORMAT = False

name = "net"
points = None

@test_case(points=0, hidden=False,
    success_message="The forward pass goes through the layers in order.",
    failure_message="The forward pass does not go through the layers as it should; each layer's output is the next one's input.")
def test_forward_small(Net):
    """Two layers, one that doubles and one that adds 1, are applied in their order"""
    import torch

    class Double:

        def forward(self, x):
            return 2 * x

        def __call__(self, x):
            return self.forward(x)

    class AddOne:

        def forward(self, x):
            return x + 1

        def __call__(self, x):
            return self.forward(x)
    y = Net([Double(), AddOne()]).forward(torch.tensor([[1.0, 2.0]]))
    assert hasattr(y, 'shape'), '`forward` does not return a tensor yet'
    assert torch.allclose(y, torch.tensor([[3.0, 5.0]])), f'doubling [1, 2] and adding 1 gives [3, 5], not {y.tolist()}'

@test_case(points=0, hidden=False,
    success_message="The backward pass goes through the layers in reverse.",
    failure_message="The backward pass does not go through the layers as it should; begin with the last layer, and hand on what each one returns.")
def test_backward_small(Net):
    """The last layer gets the gradient first"""
    import torch

    class Double:

        def forward(self, x):
            return x

        def __call__(self, x):
            return self.forward(x)

        def backward(self, dupstream):
            return 2 * dupstream

    class AddOne:

        def forward(self, x):
            return x

        def __call__(self, x):
            return self.forward(x)

        def backward(self, dupstream):
            return dupstream + 1
    net = Net([Double(), AddOne()])
    net.forward(torch.tensor([[1.0, 2.0]]))
    dx = net.backward(torch.tensor([[1.0, 2.0]]))
    assert hasattr(dx, 'shape'), '`backward` does not return a tensor yet'
    assert torch.allclose(dx, torch.tensor([[4.0, 6.0]])), f'adding 1 to [1, 2] and then doubling gives [4, 6], not {dx.tolist()}'

@test_case(points=0, hidden=False,
    success_message="A step moves the parameters against their gradients.",
    failure_message="The step does not move the parameters as it should; the formula above holds for weight and bias of every layer that has them.")
def test_step_small(Net):
    """Parameters move by the learning rate times their gradient, downhill"""
    import torch

    class Holder:

        def __init__(self):
            self.weight, self.bias = (torch.tensor([[2.0, 2.0]]), torch.tensor([3.0, 4.0]))
            self.weight_grad, self.bias_grad = (torch.tensor([[10.0, -10.0]]), torch.tensor([5.0, 0.0]))

    class OwnLinear:

        def __new__(cls, Net, holder):
            import inspect
            layer = inspect.unwrap(Net.optimizer_step).__globals__['Linear'](1, 2)
            layer.init_params = lambda std=1.0: None
            layer.weight, layer.bias = (holder.weight, holder.bias)
            layer.weight_grad, layer.bias_grad = (holder.weight_grad, holder.bias_grad)
            return layer
    layer = Holder()
    try:
        Net([layer]).optimizer_step(0.1)
    except Exception:
        pass
    if torch.equal(layer.weight.float(), torch.tensor([[2.0, 2.0]])):
        try:
            layer = OwnLinear(Net, Holder())
        except Exception:
            layer = Holder()
        Net([layer]).optimizer_step(0.1)
    assert torch.allclose(layer.weight.float(), torch.tensor([[1.0, 3.0]])), f'the weight should become [[1, 3]], not {layer.weight.tolist()}'
    assert torch.allclose(layer.bias.float(), torch.tensor([2.5, 4.0])), f'the bias should become [2.5, 4], not {layer.bias.tolist()}'
