"""Draws the inputs of hidden tests afresh for each run: shapes that expose mistakes, in single precision.

The assignment works in single precision throughout, so `torch.ones(n) @ dupstream` or a gradient buffer made in a constructor
is right, and would fail on double precision for no fault of its author.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from autograder.checks.context import rng

_LAYERS = ((1, 5, 3), (4, 1, 6), (3, 7, 1), (1, 1, 1), (6, 6, 6), (32, 40, 17))
_BATCHES = ((1, 4), (5, 1), (7, 3), (1, 1), (64, 30))


def normal(*shape: int, dtype: torch.dtype = torch.float32, scale: float = 1.0) -> torch.Tensor:
    """Normal random numbers of mean 0 and standard deviation `scale`."""
    return torch.randn(*shape, generator=rng(), dtype=dtype) * scale


def layer_shapes() -> Iterator[tuple[int, int, int]]:
    """(batch, in_features, out_features): batch of 1, one feature, square, larger, and one more drawn at random."""
    drawn = tuple(int(n) for n in torch.randint(2, 24, (3,), generator=rng()))
    yield from (*_LAYERS, (drawn[0], drawn[1], drawn[2]))


def batch_shapes() -> Iterator[tuple[int, int]]:
    """(batch, features), as `layer_shapes`."""
    drawn = tuple(int(n) for n in torch.randint(2, 24, (2,), generator=rng()))
    yield from (*_BATCHES, (drawn[0], drawn[1]))


def one_hot(batch: int, classes: int) -> torch.Tensor:
    """Random labels as one-hot rows, int64, [batch, classes]."""
    labels = torch.randint(0, classes, (batch,), generator=rng())
    return torch.nn.functional.one_hot(labels, classes)
