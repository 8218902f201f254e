"""Replays the student's own training cell: the recorded batches through a copy of the student's network, loss by loss.

Under plain Otter nothing is recorded; there the losses are only held to be losses.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks.compare import is_close, require, tensor
from autograder.checks.context import counts_with, current, report_series, student_side, training_record
from autograder.checks.training import by_its_weights, by_right_steps, rest_on_learning, rest_on_parts, steps_of, weights_of
from autograder.errors import CheckFailure

STEPS = 8
"""Training steps that are replayed; a wrong step shows in the second loss already."""
LOSS_QUESTION = "softmax"
"""The question that judges the loss."""
LOSSES = "training losses"
"""Name of the series that a student's own training cell recorded."""
ENDS, FALLEN = 5, 0.93
"""How many losses are compared, and what share of those that they are held against, the first or an untrained network's, the
last must be below."""
KEPT = 12
"""Batches of a pass that are recorded at most."""
LEAST_RATE = 0.01
"""With a smaller learning rate, losses with and without a step would be within the tolerance of each other."""


@student_side
def _taken(record, validation, count):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """The network as a pass began, and the pass's first `count` batches; None if there was no such pass.

    The pass is the one that trained, or the last of several, of which the last batches are taken. A pass of one batch is no
    training: it was drawn to look at the data.
    """
    passes = list(record.passes)
    if validation:
        passes = passes[-1:] if len(passes) > 1 else []
    chosen = next((one for one in passes if validation or len(one.batches) > 1), passes[0] if passes else None)
    if chosen is None:
        return None
    batches = list(chosen.batches)
    return [chosen.snapshot, batches[-count:] if validation else batches[:count]]


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
    record = training_record()
    if record is None:
        return _is_a_loss(train_losses[0], "The first training loss")
    if type(train_losses) is list:  # anything else stays in the student's process, one request for each of its values
        report_series(LOSSES, train_losses)
    net, ((x, labels), *_) = _training(record, 1)
    accepted = losses(CrossEntropyLoss, net, x, labels)
    _hold(
        train_losses[0],
        accepted,
        "The first training loss is not the cross entropy of the network's output and the labels",
        help="Feed the flattened batch to the network, then pass labels and output to the loss in the order it asks for.",
    )


def losses_fall(CrossEntropyLoss: Any, train_losses: Any) -> None:
    """Raise CheckFailure unless the recorded losses begin with the right one and end clearly lower than they began."""
    first_loss(CrossEntropyLoss, train_losses)
    values = [float(loss) for loss in train_losses]
    require(len(values) >= 2 * ENDS, "`train_losses` holds fewer than ten losses; run the training cell to its end")
    begun = _untrained(CrossEntropyLoss, len(values))
    if begun is None:
        before, than = sum(values[:ENDS]), "than the first five"
    else:
        before, than = ENDS * begun, "than those of the untrained network for the same batches"
    require(
        sum(values[-ENDS:]) < FALLEN * before,
        f"The loss does not fall: the last five losses are not clearly lower {than}",
        help="Look at the sign of the step and at the order of the layers; then compare each gradient with PyTorch's.",
    )


def _untrained(CrossEntropyLoss: Any, count: int) -> float | None:
    """The untrained network's loss for the batches of the last losses; None unless it is known which these were.

    Which batch is a hard one is luck, and moves the losses of a network that does not learn by a tenth. On the same batches, of
    400 right networks none came above 0.75 of the untrained loss after one pass, and one that does not learn stays at 1.
    """
    record = training_record()
    ends = _ends(record, ENDS) if record is not None else None
    if ends is None or ends[0] is None or sum(ends[2]) != count or max(ends[2]) >= KEPT:
        return None
    x, labels = (torch.cat(parts) for parts in zip(*ends[1], strict=True))
    return float(losses(CrossEntropyLoss, ends[0], x, labels)[0])


@student_side
def _ends(record, count):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """The untrained network, the last `count` batches that it was trained with, and how many each pass of training had.

    The passes of training are those over the DataLoader from which more than one batch was drawn first. None if there was none.
    """
    drawn = [one for one in record.passes if len(one.batches) > 1]
    training = [one for one in drawn if one.loader == drawn[0].loader]
    if not training:
        return None
    return [training[0].snapshot, list(training[-1].batches)[-count:], [len(one.batches) for one in training]]


def steps(CrossEntropyLoss: Any, train_losses: Any, learning_rate: float) -> None:
    """Raise CheckFailure unless each of the next losses follows from a backward pass and one step of gradient descent."""
    require(
        type(learning_rate) in (int, float) and learning_rate >= LEAST_RATE,
        f"`learning_rate` is below {LEAST_RATE:g}, too small for a step to show in the losses",
    )
    record = training_record()
    if record is None:
        for value in train_losses[:STEPS]:
            _is_a_loss(value, "A training loss")
        return
    snapshot, batches = _training(record, STEPS)
    net = _copied(snapshot)
    first = batches[0][0].flatten(start_dim=1)
    if not by_its_weights(net, first, net.forward(first)):
        rest_on_parts()
    require(len(train_losses) >= len(batches) > 1, "`train_losses` holds fewer losses than there were training steps")
    given = [(x.flatten(start_dim=1), torch.nn.functional.one_hot(labels, num_classes=10)) for x, labels in batches]
    weights = weights_of(net)
    begun = steps_of(net, CrossEntropyLoss, given, learning_rate)
    if not by_right_steps(weights, given, learning_rate, begun):
        rest_on_learning()
    for number, ((_, labels), (logits, loss)) in enumerate(zip(batches, begun, strict=True)):
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
    record = training_record()
    if record is None:
        return _is_a_loss(loss, "The validation loss")
    last = _taken(record, True, 1)
    require(last is not None, "The training cell never came to its validation loop")
    net, ((x, labels),) = last
    accepted = losses(CrossEntropyLoss, net, x, labels)
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


def _is_a_loss(value: Any, what: str) -> None:
    number = float(value)
    require(0 <= number < float("inf"), f"{what} is {number:g}, which no cross entropy is")


def _training(record: Any, count: int) -> tuple[Any, list[tuple[torch.Tensor, torch.Tensor]]]:
    """The untrained network and the first batches of the pass that trained it. Raises CheckFailure if there is none."""
    taken = _taken(record, False, count)
    require(taken is not None and len(taken[1]) > 0, "The training cell never drew a batch")
    require(taken[0] is not None, "There was no `net` when training began")
    return taken[0], list(taken[1])
