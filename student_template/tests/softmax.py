from otter.test_files import test_case

OK_FORMAT = False

name = "softmax"
points = None

@test_case(points=0, hidden=False,
    success_message="Softmax is right on a small example.",
    failure_message="Softmax is wrong on a small example; each entry is exp(z) over the sum of exp(z) in its row.")
def test_small(Softmax):
    """Logits 0 and ln 3 give a quarter and three quarters"""
    import math
    import torch
    p = Softmax(torch.tensor([[0.0, math.log(3)], [1.0, 1.0], [math.log(4), 0.0]]))
    assert hasattr(p, 'shape'), '`Softmax` does not return a tensor yet'
    expected = torch.tensor([[0.25, 0.75], [0.5, 0.5], [0.8, 0.2]])
    assert p.shape == expected.shape, f'the result should have shape {list(expected.shape)}, not {list(p.shape)}'
    assert torch.allclose(p, expected), f'for z = [[0, ln 3], [1, 1], [ln 4, 0]] expected {expected.double().round(decimals=4).tolist()}, got {p.double().round(decimals=4).tolist()}; the largest difference is {(p - expected).abs().max().item():.3g}'

@test_case(points=0, hidden=False,
    success_message="Each row sums to 1.",
    failure_message="The rows do not sum to 1; look at the dimension along which you sum.")
def test_rows(Softmax):
    """Each row of the result sums to 1, in the order of the logits"""
    import torch
    z = torch.tensor([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]])
    p = Softmax(z.clone())
    assert hasattr(p, 'shape'), '`Softmax` does not return a tensor yet'
    assert list(p.shape) == [2, 3], f'the result should have shape [2, 3], not {list(p.shape)}'
    assert torch.allclose(p.sum(dim=1), torch.ones(2)), f'the rows sum to {p.sum(dim=1).double().round(decimals=4).tolist()} instead of 1'
    assert torch.equal(p.argmax(dim=1), z.argmax(dim=1)), 'the largest logit of a row should get the largest probability'
