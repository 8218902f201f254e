from otter.test_files import test_case

OK_FORMAT = False

name = "torchnet_use"
points = None

@test_case(points=0, hidden=False,
    success_message="torch_y is the output of PyTorch's network.",
    failure_message="torch_y is not the output of PyTorch's network for torch_x; call the network with torch_x.")
def test_output(torch_net, torch_x, torch_y):
    """torch_y is what PyTorch's network gives for torch_x"""
    import torch
    assert hasattr(torch_y, 'shape'), '`torch_y` is not a tensor yet'
    assert list(torch_y.shape) == [2, 4], f'`torch_y` should have shape [2, 4], not {list(torch_y.shape)}'
    again = torch_net(torch_x)
    assert torch.allclose(torch_y, again, rtol=0.0001, atol=1e-05), f'`torch_y` is not what `torch_net(torch_x)` returns; the largest difference is {(torch_y - again).abs().max().item():.3g}'
    moved = [torch_net(torch_x.detach() + by) for by in (3, 30, -30)]
    assert not all((torch.allclose(torch_y, other) for other in moved)), 'the output of `torch_net` does not depend on its input'
