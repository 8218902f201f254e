"""The tools of hidden tests accept what is right and see what is wrong, without a sandbox as under plain Otter."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

import pytest
import torch

from autograder import checks
from autograder.checks.context import Context, RunSettings, installed
from autograder.errors import CheckFailure
from autograder.sandbox.loaders import MAX_RECORDED_BATCHES, Pass, Record


class Linear:
    """A correct layer."""

    def __init__(self, rows: int, columns: int):
        self.weight, self.bias = torch.randn(rows, columns), torch.rand(columns)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, up: Any) -> Any:
        self.weight_grad, self.bias_grad = self.x.T @ up, up.sum(0)
        return up @ self.weight.T


class Sigmoid:
    """A correct activation."""

    def forward(self, x: Any) -> Any:
        self.y = 1 / (1 + torch.exp(-x))
        return self.y

    def backward(self, up: Any) -> Any:
        return up * self.y * (1 - self.y)


class Net:
    """A correct network."""

    def __init__(self, layers: list[Any]):
        self.layers = layers

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, up: Any) -> Any:
        for layer in reversed(self.layers):
            up = layer.backward(up)
        return up

    def optimizer_step(self, lr: float) -> None:
        for layer in self.layers:
            if hasattr(layer, "weight"):
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad


class Climber(Net):
    """Steps in the direction of the gradient."""

    def optimizer_step(self, lr: float) -> None:
        super().optimizer_step(-lr)


def loss(y_true: Any, y_pred: Any) -> Any:
    """Cross entropy and its gradient."""
    p = torch.softmax(y_pred, 1)
    return -torch.log((p * y_true).sum(1)).mean(), (p - y_true) / len(p)


def test_a_correct_network_passes_the_capped_run_and_reports_its_figures() -> None:
    """The run gives an accuracy in percent, and the steps and seconds it took, and obeys the cap on steps."""
    with installed(Context(seed=1, run=RunSettings(steps=300, threshold=50))) as context:
        accuracy = checks.capped_run(Linear, Sigmoid, Net, loss)
    assert context.metrics["accuracy"] == accuracy > 50
    assert context.metrics["steps"] == 300
    assert context.metrics["seconds"] > 0


def test_a_layer_that_never_moves_fails_the_capped_run_however_good_the_network() -> None:
    """Each layer's weight must have changed; the message says which did not."""

    class Last(Net):
        def optimizer_step(self, lr: float) -> None:
            layer = self.layers[-1]
            layer.weight, layer.bias = layer.weight - lr * layer.weight_grad, layer.bias - lr * layer.bias_grad

    settings = RunSettings(steps=3, threshold=0.0)
    with installed(Context(run=settings)), pytest.raises(CheckFailure, match="weight of layer 1 "):
        checks.capped_run(Linear, Sigmoid, Last, loss)


def test_a_network_that_learns_nothing_fails_the_capped_run() -> None:
    """Ascending the loss ends below the threshold, with both figures in the failure and in the report."""
    context = Context(seed=1, run=RunSettings(steps=100, threshold=50))
    with installed(context), pytest.raises(CheckFailure, match="right on") as failed:
        checks.capped_run(Linear, Sigmoid, Climber, loss)
    assert failed.value.expected == "at least 50 %"
    assert context.metrics["accuracy"] < 50


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_the_smallest_numbers_are_0_in_a_timed_run_and_nowhere_else(own: bool, fails: bool) -> None:
    """What a student has set for them holds again after the run, even if the student's code raises in it."""

    def kept() -> bool:
        return bool(torch.full((8,), 1e-39).mul(1.0).ne(0).all())

    seen: list[bool] = []

    class Looking(Net):
        def backward(self, gradient: torch.Tensor) -> None:
            seen.append(kept())
            if fails:
                raise ValueError("a slip of the student's")
            super().backward(gradient)

    torch.set_flush_denormal(own)
    try:
        with installed(Context(run=RunSettings(steps=2, threshold=0.0))), suppress(ValueError):
            checks.capped_run(Linear, Sigmoid, Looking, loss)
        after = kept()
    finally:
        torch.set_flush_denormal(False)
    assert not any(seen[:2]) and len(seen) >= 1
    assert after is not own


def test_an_unlucky_run_is_made_again_with_other_parameters_and_batches() -> None:
    """So many attempts as the settings say: the first that reaches the threshold counts, and all of them share the seconds."""
    made: list[torch.Tensor] = []

    class Unlucky(Net):
        """Does not learn the first two times, and notes what each run began with."""

        def __init__(self, layers: list[Any]):
            super().__init__(layers)
            made.append(layers[0].weight.clone())
            self.late = len(made) > 2

        def optimizer_step(self, lr: float) -> None:
            super().optimizer_step(lr if self.late else 0.0)

    torch.manual_seed(0)
    with installed(Context(seed=1, run=RunSettings(steps=100, seconds=600, threshold=40, attempts=3))) as context:
        assert checks.capped_run(Linear, Sigmoid, Unlucky, loss) > 40
    assert context.metrics["attempts"] == 3
    assert context.metrics["accuracy"] > 40
    assert not torch.equal(made[0], made[1])
    made.clear()
    torch.manual_seed(0)
    twice = Context(seed=2, run=RunSettings(steps=100, seconds=600, threshold=40, attempts=2))
    with installed(twice), pytest.raises(CheckFailure):
        checks.capped_run(Linear, Sigmoid, Unlucky, loss)
    assert twice.metrics["attempts"] == 2
    again = Context(seed=1, run=RunSettings(seconds=1e-6, threshold=50, attempts=9))
    with installed(again), pytest.raises(CheckFailure, match="ended it early"):
        checks.capped_run(Linear, Sigmoid, Net, loss)
    assert again.metrics["attempts"] == 1


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (..., "not a tensor"),
        ([1.0, 2.0], "not a tensor"),
        (torch.zeros(2, 1), "shape"),
        (torch.zeros(2, dtype=torch.float64), "dtype"),
        (torch.tensor([float("nan"), 2.0]), "NaN"),
        (torch.tensor([1.0, 2.5]), "largest difference is 0.5"),
    ],
)
def test_a_wrong_value_is_refused_by_its_first_fault(actual: Any, says: str) -> None:
    """Type, shape, dtype, finiteness and closeness are told apart, in that order."""
    with pytest.raises(CheckFailure, match=says):
        checks.close(actual, torch.tensor([1.0, 2.0]), "y")


def test_negative_zero_is_zero() -> None:
    """-0.0 is as good as 0."""
    checks.close(torch.tensor([-0.0]), torch.tensor([0.0]), "dx")


def test_an_object_whose_constructor_fails_can_still_earn_its_forward_pass() -> None:
    """A blank in `__init__` does not cost the marks of `forward`."""

    class Unfinished(Linear):
        def __init__(self, rows: int, columns: int):
            raise TypeError

    layer = checks.linear(Unfinished, torch.ones(3, 2), torch.zeros(2))
    checks.close(layer.forward(torch.ones(1, 3)), torch.full((1, 2), 3.0), "y")


def test_stub_layers_tell_the_order_in_which_they_were_called() -> None:
    """Two stub layers do not commute, in either direction."""
    stubs = [checks.StubLayer(2.0, 1.0), checks.StubLayer(3.0, -1.0)]
    net, x = checks.network(Net, stubs), torch.ones(1, 1)
    checks.close(net.forward(x), torch.tensor([[8.0]]), "y")
    checks.close(net.backward(x), torch.tensor([[5.0]]), "dx")


def test_passes_one_after_the_other_are_told_as_each_of_them_was() -> None:
    """A gradient buffer that the next pass writes into again does not change what was told of the pass before."""

    class Reusing(Linear):
        def backward(self, up: Any) -> Any:
            dx = super().backward(up)
            self.buffer = getattr(self, "buffer", torch.empty_like(self.weight_grad)).copy_(self.weight_grad)
            self.weight_grad = self.buffer
            return dx

    weight, bias = torch.randn(3, 2), torch.randn(2)
    pairs = [(torch.randn(4, 3), torch.randn(4, 2)) for _ in range(2)]
    given = checks.fresh_passes(checks.linear, (Reusing, weight, bias), pairs, ["weight_grad"])
    for (x, up), (y, dx, gradient) in zip(pairs, given, strict=True):
        checks.close(y, x @ weight + bias, "y")
        checks.close(dx, up @ weight.T, "dx")
        checks.close(gradient, x.T @ up, "the gradient")
    assert [len(one) for one in checks.fresh_passes(Sigmoid, (), [(pairs[0][0], None)])] == [1], "nothing was sent back"


def test_asking_a_module_for_its_gradients_leaves_those_that_it_has() -> None:
    """A module of PyTorch's is asked for the gradients of an input of ours, and what it had stored stays as it was."""
    module = torch.nn.Linear(3, 2)
    module(torch.randn(4, 3)).sum().backward()
    assert module.weight.grad is not None
    before = module.weight.grad.clone()
    x, up = torch.randn(5, 3), torch.randn(5, 2)
    y, dx, weight_grad, bias_grad = checks.torch_backward(module, x, up, ["weight", "bias"])
    checks.close(y, module(x).detach(), "y")
    checks.close(dx, up @ module.weight.detach(), "dx")
    checks.close(weight_grad, up.T @ x, "the weight's gradient")
    checks.close(bias_grad, up.sum(0), "the bias's gradient")
    assert torch.equal(module.weight.grad, before)
    _, dx = checks.torch_backward(torch.nn.ReLU(inplace=True), x, torch.ones_like(x))
    checks.close(dx, (x > 0).float(), "a layer that works in place")


def test_a_changed_input_is_noticed() -> None:
    """Student code that writes into what it was given is told so."""
    x = checks.normal(2, 3)
    before = x.clone()
    checks.unchanged(x, before, "The input")
    x[0, 0] += 1
    with pytest.raises(CheckFailure, match="changed by your code"):
        checks.unchanged(x, before, "The input")


class ByItsClass(Net):
    """Steps layers of its own kind only."""

    def optimizer_step(self, lr: float) -> None:
        for layer in self.layers:
            if type(layer) is Linear:
                layer.weight = layer.weight - lr * layer.weight_grad
                layer.bias = layer.bias - lr * layer.bias_grad


class WithoutWeights(Net):
    """Forgets the weights."""

    def optimizer_step(self, lr: float) -> None:
        for layer in self.layers:
            if type(layer) is Linear:
                layer.bias = layer.bias - lr * layer.bias_grad


class ReLU:
    """There to be told from Linear."""


@pytest.mark.parametrize("kind", [Net, ByItsClass])
def test_a_network_steps_plain_layers_or_those_of_its_own_notebook(kind: Any) -> None:
    """A step that looks for a class is given objects of that class, which hold and compute what the plain ones do."""
    weight, bias = torch.ones(2, 3), torch.zeros(3)
    layers = checks.steppable(kind, [checks.PlainLinear(weight, bias), checks.PlainTanh()])
    net = checks.network(kind, layers)
    checks.close(net.forward(torch.ones(1, 2)), torch.full((1, 3), 2.0).tanh(), "y")
    net.backward(torch.ones(1, 3))
    gradient = layers[0].weight_grad.clone()
    net.optimizer_step(0.5)
    checks.close(layers[0].weight, torch.ones(2, 3) - 0.5 * gradient, "the weight")
    checks.close(net.forward(torch.ones(1, 2)), (layers[0].weight.sum(0) + layers[0].bias).tanh()[None], "y after the step")


def test_a_step_that_moves_no_weight_moves_none_of_its_own_layers_either() -> None:
    """Being tried with two kinds of layers makes no wrong step right."""
    stub = checks.StubLayer(1.0, 0.0, (torch.ones(2, 2), torch.ones(2), torch.ones(2, 2), torch.ones(2)))
    (layer,) = checks.steppable(WithoutWeights, [stub])
    WithoutWeights([layer]).optimizer_step(0.5)
    assert torch.equal(layer.weight, torch.ones(2, 2))


@pytest.mark.parametrize(("left", "right"), [(None, True), (0.0, True), (1.0, True), (0.5, False)])
def test_gradients_may_be_cleared_by_a_step_but_not_changed(left: float | None, right: bool) -> None:
    """None and zeros are no stale gradient; a scaled one is."""
    gradient = torch.ones(2, 2)
    value = None if left is None else gradient * left
    if right:
        checks.gradient_kept_or_cleared(value, gradient)
    else:
        with pytest.raises(CheckFailure, match="gradient after the step"):
            checks.gradient_kept_or_cleared(value, gradient)


def test_a_batch_drawn_for_a_look_is_no_training() -> None:
    """The replay starts from the first pass that went on beyond one batch."""

    class Recorded(Context):
        def training_record(self) -> Any:
            look, training, validation = Pass(), Pass(), Pass()
            look.batches, training.batches, validation.batches = [(1, 0)], [(2, 0), (3, 0)], [(4, 0), (5, 0)]
            training.snapshot = validation.snapshot = "net"
            record = Record()
            record.passes = [look, training, validation]
            return record

    with installed(Recorded()):
        record = checks.training_record()
        assert checks.replay._taken(record, False, 1) == ["net", [(2, 0)]]
        assert checks.replay._taken(record, True, 1) == ["net", [(5, 0)]]


def test_what_a_formula_gives_is_told_from_what_only_looks_like_it() -> None:
    """Right values match; others do not, nor one number over and over, nor what cannot be computed."""
    x, weight = torch.randn(2, 3), torch.randn(3, 4)
    assert checks.matches(x @ weight, lambda: x @ weight)
    assert not checks.matches(x @ weight + 1, lambda: x @ weight)
    assert not checks.matches(torch.zeros(2, 4), lambda: x @ torch.zeros(3, 4))
    assert not checks.matches(x @ weight, lambda: x @ weight.T)
    assert not checks.matches(..., lambda: x @ weight)


def test_a_loss_that_was_kept_as_a_number_is_held_in_single_precision() -> None:
    """A number does not tell in which precision it was computed; a wrong one is wrong in any."""
    loss = torch.tensor(2.3025850929940455, dtype=torch.float64)
    assert checks.replay.matches(loss.item(), [loss]) and checks.replay.matches(loss.float().item(), [loss])
    assert not checks.replay.matches(loss.item() + 0.01, [loss]) and not checks.replay.matches(float("nan"), [loss])


def test_a_series_is_thinned_out_and_holds_finite_numbers_only() -> None:
    """Whatever a student's list holds; JSON has no NaN."""
    context = Context()
    with installed(context):
        checks.report_series("losses", [torch.tensor(2.0), 1, float("nan"), 10**400, "three", torch.zeros(2), 0.5])
        checks.report_series("many", [float(n) for n in range(1001)])
    assert context.series["losses"] == [2.0, 1.0, 0.5]
    assert len(context.series["many"]) <= 200 and context.series["many"][:2] == [0.0, 6.0]


class _Trained(Context):
    """What was recorded while a network of one layer was trained on these batches, and its losses."""

    def __init__(self, rate: float, batches: list[Any]) -> None:
        super().__init__()
        network = _OneLayer(3 * torch.eye(10))
        training, self.record, self.losses = Pass(), Record(), []
        training.snapshot, training.batches, self.record.passes = _OneLayer(network.weight), batches, [training]
        for x, labels in batches:
            loss, gradient = _cross_entropy(torch.nn.functional.one_hot(labels, num_classes=10), network.forward(x))
            network.weight = network.weight - rate * x.T @ gradient
            self.losses.append(loss)

    def training_record(self) -> Any:
        return self.record


class _OneLayer:
    def __init__(self, weight: torch.Tensor) -> None:
        self.weight = weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weight


def _cross_entropy(one_hot: torch.Tensor, logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    loss = torch.nn.functional.cross_entropy(logits, one_hot.float())
    return loss, (logits.softmax(dim=1) - one_hot) / len(logits)


@pytest.mark.parametrize(("rate", "learns"), [(0.0, False), (5.0, True)])
def test_easy_batches_at_the_end_are_no_learning(rate: float, learns: bool) -> None:
    """The last losses are compared with what the untrained network has for the same batches, not with those of other ones.

    These are the last of the last pass of training, whatever was drawn for validation between and behind.
    """
    x, right, wrong = torch.eye(10), torch.arange(10), (torch.arange(10) + 1) % 10
    hard_first = [(x, wrong)] * 5 + [(x, right)] * 5
    trained = _Trained(rate, [(x, wrong)] * 10 if learns else hard_first)
    first, validation, second = trained.record.passes[0], Pass("test data"), Pass()
    first.batches, second.batches = first.batches[:4], first.batches[4:]
    second.snapshot, validation.batches = "the trained network", [(x, right)] * 3
    trained.record.passes = [first, validation, second, validation]
    assert sum(trained.losses[-5:]) < 0.93 * sum(trained.losses[:5])
    with installed(trained), nullcontext() if learns else pytest.raises(CheckFailure, match="for the same batches"):
        checks.replay.losses_fall(_cross_entropy, trained.losses)


def test_losses_of_more_batches_than_were_kept_are_compared_with_each_other() -> None:
    """And so they are where nothing is recorded, by any runner but ours."""
    batches = [(torch.eye(10), torch.arange(10))] * 12
    trained = _Trained(5.0, batches)
    trained.record.passes[0].batches = batches[: MAX_RECORDED_BATCHES - 1]
    assert checks.replay.KEPT == MAX_RECORDED_BATCHES
    with installed(trained), pytest.raises(CheckFailure, match="than the first five"):
        checks.replay.losses_fall(_cross_entropy, [trained.losses[0]] * 12)
    checks.replay.losses_fall(_cross_entropy, [2.0] * 5 + [1.0] * 5)
    with pytest.raises(CheckFailure, match="than the first five"):
        checks.replay.losses_fall(_cross_entropy, [2.0] * 10)
