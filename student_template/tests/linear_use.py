from otter.test_files import test_case

OK_FORMAT = False

name = "linear_use"
points = None

@test_case(points=0, hidden=False,
    success_message="The forward pass of your layer is in y.",
    failure_message="y is not the output of your layer for x; it is what forward returns.")
def test_output(layer, x, y):
    """y is what the layer gives for x"""
    import torch
    assert hasattr(y, 'shape'), '`y` is not a tensor yet'
    assert list(y.shape) == [2, 4], f'`y` should have shape [2, 4], not {list(y.shape)}'
    again = layer.forward(x)
    assert torch.allclose(y, again, rtol=0.0001, atol=1e-05), f'`y` is not what `layer.forward(x)` returns; the largest difference is {(y - again).abs().max().item():.3g}'
    assert not torch.allclose(y, layer.forward(x + 1)), 'the output of `layer` does not depend on its input'
