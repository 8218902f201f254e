"""Looks for what a wrong value has in common with the right one, whatever was computed: a sign, a factor, a transpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checks.context import Tolerance

_FACTORS = {2.0: "twice", 3.0: "three times", 4.0: "four times", 10.0: "ten times", 0.5: "half of", 0.25: "a quarter of",
            0.1: "a tenth of"}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A value and what it should have been.

    Attributes:
        batch: samples in the batch that it was computed for; None if unknown.
    """

    actual: torch.Tensor
    expected: torch.Tensor
    batch: int | None = None


@dataclass(frozen=True)
class _Pattern:
    """A way of being wrong.

    Attributes:
        made: what a right value becomes; None if it says nothing of this pair.
        hint: told if it is the only one that explains every pair.
    """

    made: Callable[[Pair], torch.Tensor | None]
    hint: str


def recognise(pairs: Sequence[Pair], tolerances: dict[torch.dtype, Tolerance]) -> str | None:
    """One sentence on what all wrong values of one comparison have in common with the right ones, or None.

    A pattern must explain every value, those that happen to be right too, and there must be a value that it alone explains:
    a symmetric matrix is no witness for a transpose, nor is a batch of one for a division by the batch size.
    """
    if not pairs or any(pair.actual.dtype != pair.expected.dtype for pair in pairs):
        return None
    found = [pattern for pattern in (*_PATTERNS, *_batch_patterns(pairs)) if _explains(pattern, pairs, tolerances)]
    if len(found) == 1:
        return found[0].hint
    return None if found else _rows(pairs, tolerances)


def _explains(pattern: _Pattern, pairs: Sequence[Pair], tolerances: dict[torch.dtype, Tolerance]) -> bool:
    witnesses = 0
    for pair in pairs:
        made = pattern.made(pair)
        if made is None or not _near(pair.actual, made, tolerances):
            return False
        witnesses += not _near(made, pair.expected, tolerances) and _varied(pair.actual)
    return witnesses > 0


def _near(one: torch.Tensor, other: torch.Tensor, tolerances: dict[torch.dtype, Tolerance]) -> bool:
    if one.shape != other.shape:
        return False
    allowed = tolerances.get(one.dtype)
    if allowed is None:
        return torch.equal(one, other)
    return torch.allclose(one, other, rtol=allowed.rtol, atol=allowed.atol)


def _varied(value: torch.Tensor) -> bool:
    """Whether there is enough in it to tell patterns apart: three numbers, not all of the same size."""
    size = value.abs()
    return value.numel() >= 3 and bool((size != size.flatten()[0]).any())


def _transposed(pair: Pair) -> torch.Tensor | None:
    return pair.expected.T if pair.expected.ndim == 2 else None


def _scaled(factor: float) -> Callable[[Pair], torch.Tensor | None]:
    return lambda pair: pair.expected * factor if pair.expected.is_floating_point() else None


def _reduced(mean: bool, keepdim: bool) -> Callable[[Pair], torch.Tensor | None]:
    def made(pair: Pair) -> torch.Tensor | None:
        if pair.expected.ndim != 2 or not pair.expected.is_floating_point():
            return None
        total = pair.expected.sum(dim=0, keepdim=keepdim)
        return total / max(1, pair.expected.shape[0]) if mean else total

    return made


def _extra_dimension(pair: Pair) -> torch.Tensor | None:
    return pair.expected.unsqueeze(0)


_SUM = "What you have is the sum over the rows of the right value: keep the rows apart."
_MEAN = "What you have is the mean over the rows of the right value: keep the rows apart."
_PATTERNS = (
    _Pattern(_transposed, "What you have is the transpose of the right value: go through the shapes of the factors one by one."),
    _Pattern(_scaled(-1.0), "Every number is right except for its sign."),
    *(_Pattern(_scaled(factor), f"Every number is {words} what it should be.") for factor, words in _FACTORS.items()),
    _Pattern(_reduced(mean=False, keepdim=False), _SUM),
    _Pattern(_reduced(mean=False, keepdim=True), _SUM),
    _Pattern(_reduced(mean=True, keepdim=False), _MEAN),
    _Pattern(_reduced(mean=True, keepdim=True), _MEAN),
    _Pattern(_extra_dimension, "The numbers are right, but the shape has one dimension too many, of size 1."),
)


def _batch_patterns(pairs: Sequence[Pair]) -> tuple[_Pattern, ...]:
    """A factor is the batch size only if batches of several sizes say so."""
    if len({pair.batch for pair in pairs if pair.batch and pair.batch > 1}) < 2:
        return ()

    def scaled(power: int) -> Callable[[Pair], torch.Tensor | None]:
        return lambda pair: pair.expected * float(pair.batch) ** power if pair.batch else None

    return (
        _Pattern(scaled(1), "Every number is the right one times the batch size: is this a sum, or an average?"),
        _Pattern(scaled(-1), "Every number is the right one divided by the batch size: is this an average, or a sum?"),
    )


def _rows(pairs: Sequence[Pair], tolerances: dict[torch.dtype, Tolerance]) -> str | None:
    """What is so of the rows of every wrong value: all the same, or only the first one right."""
    wrong = [pair for pair in pairs if not _near(pair.actual, pair.expected, tolerances)]
    tall = [pair for pair in wrong if pair.actual.shape == pair.expected.shape and pair.actual.ndim == 2]
    if not tall or len(tall) < len(wrong) or any(pair.actual.shape[0] < 2 for pair in tall):
        return None
    telling = [pair for pair in tall if pair.actual.shape[0] >= 3 and pair.actual.shape[1] >= 3]
    if not telling or not all(_varied(pair.actual[0]) for pair in telling):
        return None

    def row_near(one: Any, other: Any) -> bool:
        return _near(one, other, tolerances)

    if all(row_near(pair.actual[0], pair.expected[0]) for pair in tall) and all(
        not row_near(mine, right) for pair in telling for mine, right in zip(pair.actual[1:], pair.expected[1:], strict=True)
    ):
        return "Only the first row is right: treat every row of the batch in the same way."
    if all(row_near(pair.actual, pair.actual[:1].expand_as(pair.actual)) for pair in tall) and not any(
        row_near(pair.expected, pair.expected[:1].expand_as(pair.expected)) for pair in telling
    ):
        return "All rows of your value are the same, which those of the right one are not: each row is about one sample."
    return None


def reversed_shape(shapes: Sequence[tuple[list[int], list[int]]]) -> str | None:
    """One sentence if all shapes, actual and expected, are those of transposes of each other."""
    if shapes and all(len(right) == 2 and right[0] != right[1] and actual == right[::-1] for actual, right in shapes):
        return "The shape is right the other way round, as that of a transpose would be: look at the order of the two dimensions."
    return None
