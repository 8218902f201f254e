"""What a wrong value has in common with the right one is told only where nothing else explains it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.checks.context import Context
from autograder.checks.patterns import Pair, recognise, reversed_shape

TOLERANCES = Context().tolerances
SHAPES = ((5, 3, 4), (3, 6, 2), (7, 4, 4))
"""Batch, rows, columns."""
Change = Callable[[torch.Tensor, int], torch.Tensor]


def _pairs(change: Change, shapes: tuple[tuple[int, int, int], ...] = SHAPES, batch: bool = True) -> list[Pair]:
    generator = torch.Generator().manual_seed(7)
    made = []
    for samples, rows, columns in shapes:
        expected = torch.randn(rows, columns, generator=generator)
        made.append(Pair(change(expected, samples), expected, samples if batch else None))
    return made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda right, n: right.T, "transpose"),
        (lambda right, n: -right, "except for its sign"),
        (lambda right, n: 2 * right, "twice what it should be"),
        (lambda right, n: right / 2, "half of what it should be"),
        (lambda right, n: right / n, "divided by the batch size"),
        (lambda right, n: right * n, "times the batch size"),
        (lambda right, n: right.sum(dim=0), "the sum over the rows"),
        (lambda right, n: right.mean(dim=0, keepdim=True), "the mean over the rows"),
        (lambda right, n: right[None], "one dimension too many"),
        (lambda right, n: right[:1].expand_as(right) + 1, "All rows of your value are the same"),
        (lambda right, n: torch.cat([right[:1], right[1:] + 1]), "Only the first row is right"),
    ],
)
def test_a_pattern_is_told(change: Change, said: str) -> None:
    """Each in words that say what the values have in common, and no more."""
    assert said in (recognise(_pairs(change), TOLERANCES) or "")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda right, n: right, id="right"),
        pytest.param(lambda right, n: 1.37 * right, id="no simple factor"),
        pytest.param(lambda right, n: right + 1, id="shifted"),
        pytest.param(lambda right, n: torch.zeros_like(right), id="nothing but zeros"),
        pytest.param(lambda right, n: torch.where(right > 0, right, -right), id="signs of some"),
        pytest.param(lambda right, n: right.double() * 2, id="another dtype"),
        pytest.param(lambda right, n: right * torch.nan, id="not a number"),
        pytest.param(lambda right, n: 2 * right if n == 5 else right, id="only sometimes"),
    ],
)
def test_nothing_is_told_of_other_values(change: Change) -> None:
    """Silence, wherever a pattern does not hold of every value."""
    assert recognise(_pairs(change), TOLERANCES) is None


@pytest.mark.parametrize(
    ("change", "shapes"),
    [
        pytest.param(lambda right, n: right / n, ((2, 3, 4), (2, 6, 2)), id="a batch size that is also a factor"),
        pytest.param(lambda right, n: -right, ((2, 1, 1), (3, 1, 1)), id="a single number"),
        pytest.param(lambda right, n: right / n, ((1, 3, 4), (1, 6, 2)), id="batches of one"),
    ],
)
def test_what_could_be_two_things_is_not_called_the_batch_size(
    change: Change, shapes: tuple[tuple[int, int, int], ...]
) -> None:
    """The batch size is named only where batches of several sizes say so, and no pattern by a single number."""
    assert "batch size" not in (recognise(_pairs(change, shapes), TOLERANCES) or "")


def test_a_symmetric_matrix_is_no_witness() -> None:
    """Neither for a transpose nor against it."""
    right = torch.tensor([[1.0, 2.0], [2.0, 5.0]])
    assert recognise([Pair(right.T, right)], TOLERANCES) is None
    other = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert "transpose" in (recognise([Pair(right.T, right), Pair(other.T, other)], TOLERANCES) or "")


def test_a_shape_the_other_way_round_is_told() -> None:
    """Only if the two sizes differ, and for every shape."""
    assert reversed_shape([([4, 3], [3, 4])]) is not None
    for shapes in ([([3, 3], [3, 3])], [([4], [4])], [([4, 3], [3, 4]), ([2, 5], [2, 5])], []):
        assert reversed_shape(shapes) is None
