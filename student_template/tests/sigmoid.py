from otter.test_files import test_case

OK_FORMAT = False

name = "sigmoid"
points = None

@test_case(points=0, hidden=False,
    success_message="The forward pass is right on a small example.",
    failure_message="The forward pass is wrong on a small example; hold it against 1 / (1 + exp(-x)), sign by sign.")
def test_forward_small(Sigmoid):
    """A half at 0, three quarters at ln 3, a quarter at -ln 3"""
    import math
    import torch
    y = Sigmoid().forward(torch.tensor([[0.0, math.log(3)], [-math.log(3), 0.0]]))
    assert hasattr(y, 'shape'), '`forward` does not return a tensor yet'
    expected = torch.tensor([[0.5, 0.75], [0.25, 0.5]])
    assert y.shape == expected.shape, f'the output should have shape {list(expected.shape)}, not {list(y.shape)}'
    assert torch.allclose(y, expected), f'for x = [[0, ln 3], [-ln 3, 0]] expected {expected.tolist()}, got {y.double().round(decimals=4).tolist()}; the largest difference is {(y - expected).abs().max().item():.3g}'

@test_case(points=0, hidden=False,
    success_message="The backward pass is right on a small example.",
    failure_message="The backward pass is wrong on a small example; hold it against the upstream gradient times y (1 - y), where y is the output.")
def test_backward_small(Sigmoid):
    """The slope is a quarter at 0 and three sixteenths at ln 3 on either side"""
    import math
    import torch
    sigmoid = Sigmoid()
    sigmoid.forward(torch.tensor([[0.0, math.log(3)], [-math.log(3), 0.0]]))
    dx = sigmoid.backward(torch.tensor([[1.0, 16.0], [-16.0, 2.0]]))
    assert hasattr(dx, 'shape'), '`backward` does not return a tensor yet'
    expected = torch.tensor([[0.25, 3.0], [-3.0, 0.5]])
    assert dx.shape == expected.shape, f'the gradient should have shape {list(expected.shape)}, not {list(dx.shape)}'
    assert torch.allclose(dx, expected), f'after the forward pass of [[0, ln 3], [-ln 3, 0]] expected {expected.tolist()}, got {dx.double().round(decimals=4).tolist()}; the largest difference is {(dx - expected).abs().max().item():.3g}'
