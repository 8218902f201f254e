from otter.test_files import test_case

OK_FORMAT = False

name = "relu"
points = None

@test_case(points=0, hidden=False,
    success_message="The forward pass is right on a small example.",
    failure_message="The forward pass is wrong on a small example; entries below 0 become 0, and no other changes.")
def test_forward_small(ReLU):
    """Negative entries become 0, the others stay"""
    import torch
    y = ReLU().forward(torch.tensor([[-2.0, 0.5], [3.0, -0.1]]))
    assert hasattr(y, 'shape'), '`forward` does not return a tensor yet'
    expected = torch.tensor([[0.0, 0.5], [3.0, 0.0]])
    assert y.shape == expected.shape, f'the output should have shape {list(expected.shape)}, not {list(y.shape)}'
    assert torch.allclose(y, expected), f'for x = [[-2, 0.5], [3, -0.1]] expected {expected.tolist()}, got {y.double().round(decimals=4).tolist()}; the largest difference is {(y - expected).abs().max().item():.3g}'

@test_case(points=0, hidden=False,
    success_message="The backward pass is right on a small example.",
    failure_message="The backward pass is wrong on a small example; the gradient passes where the output is positive, and only there.")
def test_backward_small(ReLU):
    """The gradient passes where the input was positive"""
    import torch
    relu = ReLU()
    relu.forward(torch.tensor([[-2.0, 0.5], [3.0, -0.1]]))
    dx = relu.backward(torch.tensor([[1.0, 2.0], [-3.0, 4.0]]))
    assert hasattr(dx, 'shape'), '`backward` does not return a tensor yet'
    expected = torch.tensor([[0.0, 2.0], [-3.0, 0.0]])
    assert dx.shape == expected.shape, f'the gradient should have shape {list(expected.shape)}, not {list(dx.shape)}'
    assert torch.allclose(dx, expected), f'after the forward pass of [[-2, 0.5], [3, -0.1]] expected {expected.tolist()}, got {dx.double().round(decimals=4).tolist()}; the largest difference is {(dx - expected).abs().max().item():.3g}'
