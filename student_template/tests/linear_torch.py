from otter.test_files import test_case

OK_FORMAT = False

name = "linear_torch"
points = None

@test_case(points=0, hidden=False,
    success_message="PyTorch's layer has your parameters.",
    failure_message="PyTorch's layer does not have the parameters of yours; the table above says which is which, and what is transposed.")
def test_parameters_loaded(layer, torch_layer):
    """torch_layer holds the weight, transposed, and the bias of layer"""
    import torch
    for name in ('weight', 'bias'):
        assert hasattr(getattr(torch_layer, name, None), 'shape'), f'`torch_layer.{name}` is not set yet'
    assert list(torch_layer.weight.shape) == [4, 3], f'`torch_layer.weight` should have shape [4, 3], not {list(torch_layer.weight.shape)}'
    assert torch.equal(torch_layer.weight, layer.weight.T), '`torch_layer.weight` is not the transpose of `layer.weight`'
    assert torch.equal(torch_layer.bias, layer.bias), f'`torch_layer.bias` is not `layer.bias`; the largest difference is {(torch_layer.bias - layer.bias).abs().max().item():.3g}'

@test_case(points=0, hidden=False,
    success_message="torch_y is the output of PyTorch's layer.",
    failure_message="torch_y is not the output of PyTorch's layer for x_lin; call the layer with x_lin.")
def test_output(torch_layer, x_lin, torch_y):
    """torch_y is what PyTorch's layer gives for x_lin"""
    import torch
    assert hasattr(torch_y, 'shape'), '`torch_y` is not a tensor yet'
    expected = torch.nn.functional.linear(x_lin, torch_layer.weight, torch_layer.bias)
    assert torch_y.shape == expected.shape, f'`torch_y` should have shape {list(expected.shape)}, not {list(torch_y.shape)}'
    assert torch.allclose(torch_y, expected, rtol=0.0001, atol=1e-05), f'`torch_y` is not the output of `torch_layer` for `x_lin`; the largest difference is {(torch_y - expected).abs().max().item():.3g}'
