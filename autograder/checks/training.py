"""The timed, capped training run of a student's classes: our loop on the student's side, accuracy computed on ours."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from autograder.checks import data
from autograder.checks.compare import is_close, matches, tensor
from autograder.checks.context import RunSettings, counts_with, current, report, rng, student_side
from autograder.errors import CheckFailure, SandboxError

MEAN, STD = 0.1307, 0.3081
"""Of MNIST's training pixels scaled to 0..1; the assignment's own normalisation."""

CHUNK = 2000

CONTROL_STEPS = 5
"""Steps of the control run, whose labels are shuffled: nothing can be learned from them."""

CONTROL_LIMIT = 35.0
"""Accuracy (%) that the control run must stay below. Guessing gives 10, an honest start up to 17 (the largest of 60), a network
that was trained before more than 80."""


@student_side
def train(Linear, Sigmoid, Net, loss, folder, seed, settings):  # type: ignore[no-untyped-def]  # no name there for student code
    """Train a 784-hidden-10 network from the student's parts; return it, the steps made, whether time ran out, and weights.

    The training images are mapped from their file, not copied; batches are drawn without replacement in an order from `seed`.
    The network's first parameters follow from `seed` too, so that runs with different seeds have nothing in common.

    Numbers below 1.2e-38 count as 0 in it: the processor takes a hundred times as long for each of them, and a sigmoid far from 0
    gives them in masses, so that a run could take twice as long as another with a luckier start.
    """
    import time

    import torch

    images = torch.from_file(f"{folder}/train-images-idx3-ubyte", shared=False, size=16 + 60000 * 784, dtype=torch.uint8)
    labels = torch.from_file(f"{folder}/train-labels-idx1-ubyte", shared=False, size=8 + 60000, dtype=torch.uint8)
    images, labels = images[16:].view(60000, 784), labels[8:].long()
    torch.default_generator.manual_seed(seed + 1)  # not `seed`: that is the stream of the batches
    if settings["shuffled"]:
        labels = labels[torch.randperm(60000)]
    layers = [Linear(784, settings["hidden"]), Sigmoid(), Linear(settings["hidden"], 10)]
    net = Net(layers)

    def weights() -> list[torch.Tensor]:
        return [layer.weight.detach().clone() for layer in getattr(net, "layers", layers) if hasattr(layer, "weight")]

    start = weights()
    generator = torch.Generator().manual_seed(seed)
    one_hot, steps, late = torch.eye(10, dtype=torch.int64), 0, False
    shift, scale = 255 * settings["mean"], 1 / (255 * settings["std"])  # two passes over the pixels instead of four
    deadline = time.monotonic() + settings["seconds"]
    smallest = 5e-324
    flushed = smallest * settings["epochs"] == 0.0  # as whoever wrote the classes may have set it
    torch.set_flush_denormal(True)
    try:
        for _ in range(settings["epochs"]):
            for rows in torch.split(torch.randperm(60000, generator=generator), settings["batch_size"]):
                late = time.monotonic() > deadline
                if late or steps >= settings["steps"]:
                    return {"net": net, "steps": steps, "late": late, "start": start, "end": weights()}
                x = torch.sub(images.index_select(0, rows), shift).mul_(scale)
                _, gradient = loss(one_hot.index_select(0, labels.index_select(0, rows)), net.forward(x))
                net.backward(gradient)
                net.optimizer_step(settings["learning_rate"])
                steps += 1
    finally:
        torch.set_flush_denormal(flushed)
    return {"net": net, "steps": steps, "late": late, "start": start, "end": weights()}


@student_side
def predict(net, images, mean, std):  # type: ignore[no-untyped-def]  # as above
    """Logits [n, 10] of the network for uint8 images [n, 784], which `mean` and `std` normalise once they are scaled to 0..1."""
    return net.forward(torch.sub(images, 255 * mean).mul_(1 / (255 * std)))


def capped_run(Linear: Any, Sigmoid: Any, Net: Any, CrossEntropyLoss: Any) -> float:
    """Train with a cap on steps and one on seconds; the accuracy (%) on the test images, which travel without labels.

    The weights of every layer must have moved in it, and a short control run on shuffled labels must learn nothing: weights
    from elsewhere, or labels looked up, would show there.

    A run that falls short is tried again with a fresh seed, as often as the settings say and their seconds allow: a correct
    network that was unlucky passes, and a wrong one gains little (`autograder calibrate` measures both).

    Settings and caps come from the running context. Accuracy, steps and seconds are reported whatever they are. Raises
    CheckFailure if no attempt reaches the threshold.
    """
    run, parts, started = current().run, (Linear, Sigmoid, Net, CrossEntropyLoss), time.monotonic()
    spent, attempts = 0.0, 0
    while True:
        seed = int(torch.randint(0, 2**62, (), generator=rng()))
        ended = _attempt(parts, seed, run, run.seconds - spent)
        spent, attempts = spent + ended.seconds, attempts + 1
        report(seconds=spent, attempts=attempts)
        if ended.failure is None:
            return ended.accuracy
        if attempts >= run.attempts or max(spent, time.monotonic() - started) >= run.seconds:
            raise ended.failure


class _Attempt(NamedTuple):
    """Accuracy (%) and seconds of a training run, and what is to be said if it or its control is not as it should be."""

    accuracy: float
    seconds: float
    failure: CheckFailure | None


def _attempt(parts: tuple[Any, ...], seed: int, run: RunSettings, left: float) -> _Attempt:
    """One run with `left` seconds, and if it reaches the threshold, its control. Raises CheckFailure for what no luck mends."""
    settings = {
        "epochs": run.epochs,
        "steps": run.steps,
        "seconds": float(left),
        "batch_size": run.batch_size,
        "learning_rate": run.learning_rate,
        "hidden": run.hidden,
        "mean": MEAN,
        "std": STD,
        "shuffled": False,
    }
    folder = str((current().data_dir or data.own_folder()) / "MNIST" / "raw")
    started = time.monotonic()
    ended = train(*parts, folder, seed, settings)
    seconds = time.monotonic() - started
    if type(ended) is not dict or type(ended.get("steps")) is not int:
        raise CheckFailure("The training run did not end as it should")
    accuracy = accuracy_of(ended.get("net"))
    report(accuracy=accuracy, steps=ended["steps"], seconds=seconds)
    if not accuracy >= run.threshold:
        late = f" The cap of {run.seconds:g} s ended it early." if ended.get("late") is True else ""
        failure = CheckFailure(
            f"After {ended['steps']} steps the network is right on {accuracy:.1f} % of the test images.{late}",
            expected=f"at least {run.threshold:g} %",
            actual=f"{accuracy:.1f} %",
            help="Compare each gradient with PyTorch on small tensors first; a wrong one shows here last.",
        )
        return _Attempt(accuracy, seconds, failure)
    _require_moved(ended.get("start"), ended.get("end"))
    if not by_its_weights(ended.get("net")):
        rest_on_parts(HALF)
    settings |= {"steps": CONTROL_STEPS, "shuffled": True}
    control = train(*parts, folder, seed, settings)
    if type(control) is not dict or accuracy_of(control.get("net"), CHUNK) >= CONTROL_LIMIT:
        failure = CheckFailure(
            "The network is as good when it is trained on shuffled labels: what it knows, it knew before",
            expected="a network that learns from the batches that it is given",
            actual="one that does not need them",
        )
        return _Attempt(accuracy, seconds, failure)
    _require_steps(parts[-1], ended.get("net"), run.learning_rate)
    return _Attempt(accuracy, seconds, None)


def _require_moved(start: Any, end: Any) -> None:
    """Raise CheckFailure unless every layer that has a weight ends with another one than it began with."""
    if type(start) is not list or type(end) is not list or not start or len(start) != len(end):
        raise CheckFailure("The network that was trained has no layer with a `weight`")
    for number, (before, after) in enumerate(zip(start, end, strict=True), 1):
        old = tensor(before, "The weight of a layer before training")
        new = tensor(after, "The weight of a layer after training", shape=old.shape)
        if torch.equal(old, new):
            raise CheckFailure(
                f"The weight of layer {number} of those with one is the same before and after training",
                expected="a weight that the training steps have moved",
                actual="the weight that it began with",
            )


HALF = 0.5
"""What classes must earn of their points for a timed run to count in which the network does something else than its weights say:
a mistake that does not keep it from learning costs nothing there, and a network that looks its answers up earns nothing."""

PARTS = ("linear", "sigmoid", "net")
"""Questions on the classes that a network is put together from."""

LEARNERS = ("linear", "net")
"""Those of them whose gradients and steps a network learns by; with a wrong slope in its activations it may learn, too."""


@student_side
def _weights(net):  # type: ignore[no-untyped-def]  # as above
    """Weight and bias of the first and of the last of a network's three layers."""
    first, _, last = net.layers
    return [first.weight, first.bias, last.weight, last.bias]


def by_its_weights(net: Any, inputs: torch.Tensor | None = None, outputs: Any = None) -> bool:
    """Whether a network of Linear, Sigmoid, Linear gives what its weights give: by these outputs, or on random inputs."""
    if inputs is None:
        inputs = torch.randn(64, 784, generator=rng())
        outputs = net.forward(inputs)

    def formula() -> torch.Tensor:
        weight, bias, weight_2, bias_2 = (tensor(one, "") for one in _weights(net))
        return (inputs.to(weight.dtype) @ weight + bias).sigmoid() @ weight_2 + bias_2

    return matches(outputs, formula)


STEPS_AFTER = 3
"""Steps that a network takes behind its timed run, to see whether it is its own steps that have trained it."""


@student_side
def steps_of(net, CrossEntropyLoss, batches, rate):  # type: ignore[no-untyped-def]  # as above
    """A training step with each of these batches of images and one-hot labels; the logits and the loss that each began with."""
    import torch

    def kept(value):  # type: ignore[no-untyped-def]
        return value.detach().clone() if isinstance(value, torch.Tensor) else value

    begun = []
    for x, targets in batches:
        logits = net.forward(x)
        loss, gradient = CrossEntropyLoss(targets, logits)
        begun.append([kept(logits), kept(loss)])  # type: ignore[no-untyped-call]
        net.backward(gradient)
        net.optimizer_step(rate)
    return begun


def weights_of(net: Any) -> list[torch.Tensor]:
    """Copies of weight and bias of the first and of the last of a network's three layers; none if it has no such layers."""
    try:
        return [tensor(one, "").clone() for one in _weights(net)]
    except SandboxError:
        raise  # the grader's own trouble
    except Exception:  # a network of other layers
        return []


def by_right_steps(
    weights: Sequence[torch.Tensor], batches: Sequence[tuple[torch.Tensor, torch.Tensor]], rate: float, begun: Any
) -> bool:
    """Whether what `steps_of` gave for these batches is what gradient descent from these weights gives."""
    try:
        leaves = [one.clone().requires_grad_(True) for one in weights]
        weight, bias, weight_2, bias_2 = leaves
        for (x, targets), (logits, _) in zip(batches, begun, strict=True):
            right = (x.to(weight.dtype) @ weight + bias).sigmoid() @ weight_2 + bias_2
            if not is_close(logits, right):
                return False
            gradients = torch.autograd.grad(torch.nn.functional.cross_entropy(right, targets.argmax(dim=1)), leaves)
            with torch.no_grad():
                for leaf, gradient in zip(leaves, gradients, strict=True):
                    leaf -= rate * gradient
    except SandboxError:
        raise
    except Exception:  # whatever a student's shapes and objects lead to
        return False
    return True


def _require_steps(CrossEntropyLoss: Any, net: Any, rate: float) -> None:
    """See that the network's own steps are gradient descent, or that its classes are taken for granted.

    Else weights from an earlier training could be put in its place once a run has lasted longer than the control run does.
    """
    weights = weights_of(net)
    batches = [
        (torch.randn(64, 784, generator=rng()), torch.eye(10, dtype=torch.int64)[torch.randint(10, (64,), generator=rng())])
        for _ in range(STEPS_AFTER)
    ]
    if not by_right_steps(weights, batches, rate, steps_of(net, CrossEntropyLoss, batches, rate)):
        rest_on_learning()


def rest_on_learning() -> None:
    """Say that the classes that learn are taken for granted: a network's steps are not those of gradient descent."""
    for question in LEARNERS:
        counts_with(question, HALF)


def rest_on_parts(share: float = 1.0) -> None:
    """Say that the network's classes are taken for granted: it computes something else than its weights say."""
    for question in PARTS:
        counts_with(question, share)


def accuracy_of(net: Any, count: int = 10_000) -> float:
    """Accuracy (%) of a student's network on `count` of the test images, drawn at random. Raises CheckFailure if it gives no
    logits of the right shape; a row with NaN or infinity counts as wrong.
    """
    images, labels = data.load("test", "images"), data.load("test", "labels")
    order = torch.randperm(len(labels), generator=rng())[:count]
    right = 0
    for rows in torch.split(order, CHUNK):
        chunk = images.index_select(0, rows)
        logits = tensor(predict(net, chunk, MEAN, STD), "The network's output", shape=(len(rows), 10))
        usable = torch.isfinite(logits).all(dim=1)
        right += int(((logits.argmax(dim=1) == labels[rows]) & usable).sum())
    return 100.0 * right / len(order)
