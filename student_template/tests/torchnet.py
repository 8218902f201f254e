from otter.test_files import test_case

OK_FORMAT = False

name = "torchnet"
points = None

@test_case(points=0, hidden=False,
    success_message="The layers have the right sizes.",
    failure_message="The layers do not have the right sizes; the table above says what each goes from and to.")
def test_layer_sizes(TorchNet):
    """layer1 goes from in_features to hidden_dim, layer2 from there to out_features"""
    module = TorchNet(3, 5, 4)
    for name, shape in (('layer1', [5, 3]), ('layer2', [4, 5])):
        weight = getattr(getattr(module, name, None), 'weight', None)
        assert hasattr(weight, 'shape'), f'`{name}` is not a linear layer yet'
        assert list(weight.shape) == shape, f'the weight of `{name}` should have shape {shape}, not {list(weight.shape)}'
