from otter.test_files import test_case

OK_FORMAT = False

name = "mnist"
points = None

@test_case(points=1, hidden=False,
    success_message="The dimensions fit the data.",
    failure_message="The dimensions do not fit the data; one input a pixel, one output a digit.")
def test_dimensions(in_features, hidden_dim, out_features):
    """One input a pixel, one output a digit"""
    assert in_features == 784, 'an image has 28 x 28 pixels, and each is a feature of the input'
    assert out_features == 10, 'there are ten digits, and each has an output of its own'
    assert hidden_dim >= 1, 'the hidden layer needs at least one unit'

@test_case(points=0, hidden=False,
    success_message="The loss falls while the network learns.",
    failure_message="The loss does not fall while the network learns; look at the order of forward, loss, backward and step, and at the sign of the step.")
def test_loss_falls(train_losses):
    """The loss at the end of training is clearly lower than at its beginning"""
    assert train_losses, '`train_losses` is empty: run the training cell first'
    losses = [float(loss) for loss in train_losses]
    assert len(losses) >= 10, '`train_losses` holds fewer than ten losses; run the training cell'
    assert sum(losses[-5:]) < 0.93 * sum(losses[:5]), 'the last five losses are not clearly lower than the first five'
