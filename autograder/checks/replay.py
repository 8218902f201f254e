"""Replays the student's own training cell: the recorded batches through a copy of the student's network, loss by loss.

Under plain Otter nothing is recorded; there the losses are only held to be losses.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks.compare import is_close, require, tensor
from autograder.checks.context import counts_with, current, report_series, student_side, training_record
from autograder.checks.training import by_its_weights, rest_on_parts
from autograder.errors import CheckFailure

STEPS = 8
"""Training steps that are replayed; a wrong step shows in the second loss already."""
LOSS_QUESTION = "softmax"
"""The question that judges the loss."""
LOSSES = "training losses"
"""Name of the series that a student's own training cell recorded."""
LEAST_RATE = 0.01
"""With a smaller learning rate, losses with and without a step would be within the tolerance of each other."""


class Replay:
    """The first training pass of the student's cell and its last validation pass, or None for both under plain Otter.

    A pass of one batch is no training: it was drawn to look at the data.
    """

    def __init__(self) -> None:
        record = training_record()
        passes = list(record.passes) if record is not None else []
        self.recorded = record is not None
        self.training: Any = next((entry for entry in passes if len(entry.batches) > 1), passes[0] if passes else None)
        self.validation: Any = passes[-1] if len(passes) > 1 else None


def losses(CrossEntropyLoss: Any, net: Any, x: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    """The losses of this batch that count as right."""
    flat = x.flatten(start_dim=1)
    logits = net.forward(flat)
    if not by_its_weights(net, flat, logits):
        rest_on_parts()
    loss, _ = CrossEntropyLoss(torch.nn.functional.one_hot(labels, num_classes=10), logits)
    return _accepted(logits, labels, loss)


def _accepted(logits: Any, labels: torch.Tensor, loss: Any) -> list[torch.Tensor]:
    """The losses that count as right for these logits: torch's, and the student's own."""
    accepted = [torch.nn.functional.cross_entropy(tensor(logits, "The network's output"), labels)]
    if type(loss) is torch.Tensor:
        accepted.append(loss.detach())
    return accepted


@student_side
def _step(net, CrossEntropyLoss, x, targets, rate):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """One training step; the logits and the loss that it began with."""
    import torch

    logits = net.forward(x)
    loss, gradient = CrossEntropyLoss(targets, logits)
    before = logits.detach().clone() if isinstance(logits, torch.Tensor) else logits
    net.backward(gradient)
    net.optimizer_step(rate)
    return [before, loss]


def matches(value: Any, accepted: list[torch.Tensor]) -> bool:
    """Whether a loss, a tensor or a number, is one of those accepted: torch's, or the student's own where that is right."""
    if _is_one_of(value, accepted[:1]):
        return True
    if not _is_one_of(value, accepted[1:]):
        return False
    counts_with(LOSS_QUESTION)
    return True


def _is_one_of(value: Any, accepted: list[torch.Tensor]) -> bool:
    if type(value) in (int, float):  # a number does not tell in which precision it was computed
        value = torch.tensor(float(value), dtype=torch.float32)
        return any(is_close(value, reference.to(torch.float32)) for reference in accepted)
    return any(is_close(value, reference) for reference in accepted)


def first_loss(CrossEntropyLoss: Any, train_losses: Any) -> None:
    """Raise CheckFailure unless the first recorded loss is that of the first batch through the untrained network."""
    require(len(train_losses) > 0, "`train_losses` is empty: no loss was recorded")
    if not recorded():
        return _is_a_loss(train_losses[0], "The first training loss")
    if type(train_losses) is list:  # anything else stays in the student's process, one request for each of its values
        report_series(LOSSES, train_losses)
    start = _training(Replay())
    x, labels = start.batches[0]
    accepted = losses(CrossEntropyLoss, start.snapshot, x, labels)
    _hold(
        train_losses[0],
        accepted,
        "The first training loss is not the cross entropy of the network's output and the labels",
        help="Feed the flattened batch to the network, then pass labels and output to the loss in the order it asks for.",
    )


def steps(CrossEntropyLoss: Any, train_losses: Any, learning_rate: float) -> None:
    """Raise CheckFailure unless each of the next losses follows from a backward pass and one step of gradient descent."""
    require(
        type(learning_rate) in (int, float) and learning_rate >= LEAST_RATE,
        f"`learning_rate` is below {LEAST_RATE:g}, too small for a step to show in the losses",
    )
    if not recorded():
        for value in train_losses[:STEPS]:
            _is_a_loss(value, "A training loss")
        return
    start = _training(Replay())
    net, batches = _copied(start.snapshot), list(start.batches)[:STEPS]
    first = batches[0][0].flatten(start_dim=1)
    if not by_its_weights(net, first, net.forward(first)):
        rest_on_parts()
    require(len(train_losses) >= len(batches) > 1, "`train_losses` holds fewer losses than there were training steps")
    for number, (x, labels) in enumerate(batches):
        flat, targets = x.flatten(start_dim=1), torch.nn.functional.one_hot(labels, num_classes=10)
        logits, loss = _step(net, CrossEntropyLoss, flat, targets, learning_rate)
        accepted = _accepted(logits, labels, loss)
        _hold(
            train_losses[number],
            accepted,
            "The training losses do not follow from one backward pass and one optimizer step per batch"
            if number
            else "The first training loss is not that of the network, so the steps could not be followed",
            help="Call the network's backward pass with the gradient of the loss, then its optimizer step, once per batch.",
        )


def validation_loss(CrossEntropyLoss: Any, loss: Any) -> None:
    """Raise CheckFailure unless the loss left behind is that of the last validation batch."""
    if not recorded():
        return _is_a_loss(loss, "The validation loss")
    last = Replay().validation
    require(last is not None, "The training cell never came to its validation loop")
    x, labels = list(last.batches)[-1]
    accepted = losses(CrossEntropyLoss, last.snapshot, x, labels)
    _hold(
        loss,
        accepted,
        "The validation loss is not the cross entropy of the network's output and the labels of the test batch",
        help="It is the same call as in the training loop, with the output for the test batch.",
    )


def _hold(value: Any, accepted: list[torch.Tensor], message: str, help: str) -> None:
    """Fail with `message` unless the value is one of the losses that count as right."""
    failure = None if matches(value, accepted) else CheckFailure(message, help=help)
    current().compared(message, value, accepted[0], failure)


@student_side
def _copied(net):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """A copy to train, so that the record stays what it is."""
    import copy

    return copy.deepcopy(net)


def recorded() -> bool:
    """Whether there is a record to replay; there is none under plain Otter."""
    return training_record() is not None


def _is_a_loss(value: Any, what: str) -> None:
    number = float(value)
    require(0 <= number < float("inf"), f"{what} is {number:g}, which no cross entropy is")


def _training(replay: Replay) -> Any:
    require(replay.training is not None, "The training cell never drew a batch")
    require(replay.training.snapshot is not None, "There was no `net` when training began")
    return replay.training


