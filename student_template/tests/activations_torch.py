from otter.test_files import test_case

OK_FORMAT = False

name = "activations_torch"
points = None

@test_case(points=0, hidden=False,
    success_message="torch_y_relu is the output of PyTorch's ReLU.",
    failure_message="torch_y_relu is not the output of PyTorch's ReLU for x_relu; make the layer from nn, then call it with x_relu.")
def test_relu_output(torch_relu, torch_y_relu, x_relu):
    """torch_y_relu is what torch_relu, a ReLU, gives for x_relu"""
    import torch
    assert hasattr(torch_y_relu, 'shape'), '`torch_y_relu` is not a tensor yet'
    expected = torch.relu(x_relu)
    assert torch.allclose(torch_y_relu, expected), f'`torch_y_relu` is not the ReLU of `x_relu`; the largest difference is {(torch_y_relu - expected).abs().max().item():.3g}'
    some = torch.tensor([[-1.5, 0.5, 2.0]])
    assert torch.allclose(torch_relu(some), torch.relu(some)), "`torch_relu` is not PyTorch's ReLU"

@test_case(points=0, hidden=False,
    success_message="torch_y_sigmoid is the output of PyTorch's Sigmoid.",
    failure_message="torch_y_sigmoid is not the output of PyTorch's Sigmoid for x_sigmoid; make the layer from nn, then call it with x_sigmoid.")
def test_sigmoid_output(torch_sigmoid, torch_y_sigmoid, x_sigmoid):
    """torch_y_sigmoid is what torch_sigmoid, a sigmoid, gives for x_sigmoid"""
    import torch
    assert hasattr(torch_y_sigmoid, 'shape'), '`torch_y_sigmoid` is not a tensor yet'
    expected = torch.sigmoid(x_sigmoid)
    assert torch.allclose(torch_y_sigmoid, expected), f'`torch_y_sigmoid` is not the sigmoid of `x_sigmoid`; the largest difference is {(torch_y_sigmoid - expected).abs().max().item():.3g}'
    some = torch.tensor([[-1.5, 0.5, 2.0]])
    assert torch.allclose(torch_sigmoid(some), torch.sigmoid(some)), "`torch_sigmoid` is not PyTorch's Sigmoid"
