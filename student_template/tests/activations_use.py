from otter.test_files import test_case

OK_FORMAT = False

name = "activations_use"
points = None

@test_case(points=0, hidden=False,
    success_message="y_relu is the output of your ReLU.",
    failure_message="y_relu is not the output of your ReLU for x; it is what forward returns.")
def test_relu_output(relu, x, y_relu):
    """y_relu is what relu gives for x"""
    import torch
    assert hasattr(y_relu, 'shape'), '`y_relu` is not a tensor yet'
    assert y_relu.shape == x.shape, f'`y_relu` should have shape {list(x.shape)}, not {list(y_relu.shape)}'
    again = relu.forward(x)
    assert torch.allclose(y_relu, again), f'`y_relu` is not what `relu.forward(x)` returns; the largest difference is {(y_relu - again).abs().max().item():.3g}'
    assert not torch.allclose(y_relu, relu.forward(x + 3)), 'the output of `relu` does not depend on its input'

@test_case(points=0, hidden=False,
    success_message="y_sigmoid is the output of your Sigmoid.",
    failure_message="y_sigmoid is not the output of your Sigmoid for x; it is what forward returns.")
def test_sigmoid_output(sigmoid, x, y_sigmoid):
    """y_sigmoid is what sigmoid gives for x"""
    import torch
    assert hasattr(y_sigmoid, 'shape'), '`y_sigmoid` is not a tensor yet'
    assert y_sigmoid.shape == x.shape, f'`y_sigmoid` should have shape {list(x.shape)}, not {list(y_sigmoid.shape)}'
    again = sigmoid.forward(x)
    assert torch.allclose(y_sigmoid, again), f'`y_sigmoid` is not what `sigmoid.forward(x)` returns; the largest difference is {(y_sigmoid - again).abs().max().item():.3g}'
    assert not torch.allclose(y_sigmoid, sigmoid.forward(x + 1)), 'the output of `sigmoid` does not depend on its input'
