from otter.test_files import test_case

OK_FORMAT = False

name = "net_use"
points = None

@test_case(points=0, hidden=False,
    success_message="y is the output of your network.",
    failure_message="y is not the output of your network for x; it is what forward returns.")
def test_output(net, x, y):
    """y is what the network gives for x"""
    import torch
    assert hasattr(y, 'shape'), '`y` is not a tensor yet'
    assert list(y.shape) == [2, 4], f'`y` should have shape [2, 4], not {list(y.shape)}'
    again = net.forward(x)
    assert torch.allclose(y, again, rtol=0.0001, atol=1e-05), f'`y` is not what `net.forward(x)` returns; the largest difference is {(y - again).abs().max().item():.3g}'
    moved = [net.forward(x + by) for by in (3, 30, -30)]
    assert not all((torch.allclose(y, other) for other in moved)), 'the output of `net` does not depend on its input'

@test_case(points=1, hidden=False,
    success_message="dy holds a 1 for each output.",
    failure_message="dy is not a 1 for each output; its shape is that of y.")
def test_upstream_gradient(dy):
    """dy has the shape of the output and holds nothing but 1"""
    import torch
    assert hasattr(dy, 'shape'), '`dy` is not a tensor yet'
    assert list(dy.shape) == [2, 4], f'`dy` should have the shape of `y`, [2, 4], not {list(dy.shape)}'
    assert torch.allclose(dy.float(), torch.ones(2, 4)), '`dy` should hold nothing but 1'
