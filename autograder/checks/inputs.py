"""Draws the inputs of hidden tests afresh for each run: shapes that expose mistakes, in single and double precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from autograder.checks.context import current, note, rng
from autograder.errors import StudentException

_ABOUT_DTYPES = re.compile(r"\bdtype|\bDouble\b|\bDoubleTensor\b|\bdouble\b")
_SINGLE_ONLY = "Some of your code works in single precision only; the assignment asks for no more."
_LAYERS = ((1, 5, 3), (4, 1, 6), (3, 7, 1), (1, 1, 1), (6, 6, 6), (32, 40, 17))
_BATCHES = ((1, 4), (5, 1), (7, 3), (1, 1), (64, 30))


def normal(*shape: int, dtype: torch.dtype = torch.float32, scale: float = 1.0) -> torch.Tensor:
    """Normal random numbers of mean 0 and standard deviation `scale`."""
    return torch.randn(*shape, generator=rng(), dtype=dtype) * scale


def layer_shapes() -> Iterator[tuple[int, int, int, torch.dtype]]:
    """(batch, in_features, out_features, dtype): batch of 1, one feature, square, larger, and one more drawn at random.

    Every shape comes in single precision, and the first and the last one in double precision too; see `precision`.
    """
    drawn = tuple(int(n) for n in torch.randint(2, 24, (3,), generator=rng()))
    shapes = (*_LAYERS, (drawn[0], drawn[1], drawn[2]))
    for batch, rows, columns in shapes:
        yield batch, rows, columns, torch.float32
    for batch, rows, columns in (shapes[0], shapes[-1]):
        yield batch, rows, columns, torch.float64


def batch_shapes() -> Iterator[tuple[int, int, torch.dtype]]:
    """(batch, features, dtype), as `layer_shapes`."""
    drawn = tuple(int(n) for n in torch.randint(2, 24, (2,), generator=rng()))
    shapes = (*_BATCHES, (drawn[0], drawn[1]))
    for batch, features in shapes:
        yield batch, features, torch.float32
    for batch, features in (shapes[0], shapes[-1]):
        yield batch, features, torch.float64


@contextmanager
def precision(dtype: torch.dtype) -> Iterator[None]:
    """Around what a test does with inputs of `dtype`: code that can do single precision only is not to blame.

    The assignment works in single precision throughout, so `torch.ones(n) @ dupstream` or a gradient buffer made in a
    constructor is right. With double precision inside, an error about dtypes ends the block with a note that costs nothing,
    and a result in single precision is compared as one. Everything else is held against double precision's tolerances.
    """
    if dtype is not torch.float64:
        yield
        return
    context = current()
    context.single_will_do = True
    try:
        yield
    except (StudentException, RuntimeError, TypeError) as error:
        if not _ABOUT_DTYPES.search(str(error)):
            raise
        note(_SINGLE_ONLY)
    finally:
        context.single_will_do = False


def one_hot(batch: int, classes: int) -> torch.Tensor:
    """Random labels as one-hot rows, int64, [batch, classes]."""
    labels = torch.randint(0, classes, (batch,), generator=rng())
    return torch.nn.functional.one_hot(labels, classes)
