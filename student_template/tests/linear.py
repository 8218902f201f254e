from otter.test_files import test_case

OK_FORMAT = False

name = "linear"
points = None

@test_case(points=0, hidden=False,
    success_message="Weight and bias have the right shapes.",
    failure_message="The parameters of a new layer are not as they should be; the table of shapes above says what they are.")
def test_parameter_shapes(Linear):
    """A new layer has a weight of [in, out] and a bias of [out]"""
    layer = Linear(3, 4)
    for name, shape in (('weight', [3, 4]), ('bias', [4])):
        value = getattr(layer, name)
        assert hasattr(value, 'shape'), f'`{name}` is not a tensor yet'
        assert list(value.shape) == shape, f'`{name}` of Linear(3, 4) should have shape {shape}, not {list(value.shape)}'

@test_case(points=0, hidden=False,
    success_message="The forward pass is right on a small example.",
    failure_message="The forward pass is wrong on a small example; hold it against y = xW + b.")
def test_forward_small(Linear):
    """The forward pass gives x @ weight + bias on a small example"""
    import torch
    layer = Linear(2, 3)
    layer.weight = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    layer.bias = torch.tensor([0.5, -0.5, 0.0])
    y = layer.forward(torch.tensor([[1.0, 2.0], [3.0, -1.0]]))
    assert hasattr(y, 'shape'), '`forward` does not return a tensor yet'
    expected = torch.tensor([[1.5, 1.5, 0.0], [3.5, -1.5, 7.0]])
    assert y.shape == expected.shape, f'for two samples the output of Linear(2, 3) should have shape {list(expected.shape)}, not {list(y.shape)}'
    assert torch.allclose(y, expected), f'for x = [[1, 2], [3, -1]] expected {expected.tolist()}, got {y.double().round(decimals=4).tolist()}; the largest difference is {(y - expected).abs().max().item():.3g}'

@test_case(points=0, hidden=False,
    success_message="The three gradients are right on a small example.",
    failure_message="A gradient is wrong on a small example; hold it against the three formulas above, factor by factor.")
def test_backward_small(Linear):
    """The backward pass gives all three gradients on a small example"""
    import torch
    layer = Linear(2, 3)
    layer.weight = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    layer.bias = torch.tensor([0.5, -0.5, 0.0])
    layer.forward(torch.tensor([[1.0, 2.0], [3.0, -1.0]]))
    dx = layer.backward(torch.tensor([[1.0, 0.0, 1.0], [0.0, 2.0, 0.0]]))
    expected = {'dx': (dx, torch.tensor([[3.0, -1.0], [0.0, 2.0]])), 'weight_grad': (layer.weight_grad, torch.tensor([[1.0, 6.0, 1.0], [2.0, -2.0, 2.0]])), 'bias_grad': (layer.bias_grad, torch.tensor([1.0, 2.0, 1.0]))}
    for name, (value, right) in expected.items():
        assert hasattr(value, 'shape'), f'`{name}` is not a tensor yet'
        assert value.shape == right.shape, f'`{name}` should have shape {list(right.shape)}, not {list(value.shape)}'
        assert torch.allclose(value, right), f'`{name}` should be {right.tolist()}, not {value.double().round(decimals=4).tolist()}; the largest difference is {(value - right).abs().max().item():.3g}'
