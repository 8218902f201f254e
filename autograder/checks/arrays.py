"""Compares NumPy arrays and plain numbers with a reference, for assignments without tensors; `compare.close` comes here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from autograder.checks.context import Tolerance, current
from autograder.errors import CheckFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KINDS = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "floating-point numbers", "c": "complex numbers"}


def numpy_rng() -> np.random.Generator:
    """NumPy's generator for the inputs of this test case; its numbers follow from the case's own seed, as those of `rng` do."""
    context = current()
    if context.numpy_rng is None:
        context.numpy_rng = np.random.default_rng(context.seed)
    return context.numpy_rng


def array(value: Any, what: str, *, shape: Sequence[int] | None = None) -> NDArray[Any]:
    """`value`, once it is sure to be a NumPy array of numbers of the shape that is asked for.

    Raises CheckFailure, which names shapes but no values.
    """
    if type(value) is not np.ndarray:
        raise CheckFailure(f"{what} is not a NumPy array", expected="a NumPy array of numbers", actual=said(value))
    if shape is not None and value.shape != tuple(shape):
        raise CheckFailure(
            f"{what} has the wrong shape: expected {list(shape)}, got {list(value.shape)}",
            expected=f"shape {list(shape)}",
            actual=f"shape {list(value.shape)}",
        )
    return value


def array_difference(
    actual: Any, expected: NDArray[Any], what: str, help: str | None, tolerance: Tolerance | None
) -> CheckFailure | None:
    """What there is to say against an array, or None if it is close to what is expected.

    Its numbers must be of the same kind, whole, floating-point or truths; their precision is the student's to choose, and the
    tolerance is that of the coarser one.
    """
    try:
        found = array(actual, what, shape=expected.shape)
    except CheckFailure as failure:
        return failure
    kinds = [_KINDS.get(one.dtype.kind, one.dtype.name) for one in (expected, found)]
    if kinds[0] != kinds[1]:
        return CheckFailure(f"{what} holds {kinds[1]} instead of {kinds[0]}", expected=kinds[0], actual=kinds[1], help=help)
    if expected.dtype.kind not in "fc":
        if np.array_equal(found, expected):
            return None
        return CheckFailure(f"{what} has wrong values", expected="other values", actual=f"shape {list(found.shape)}", help=help)
    if bool((~np.isfinite(found) & np.isfinite(expected)).any()):
        return CheckFailure(f"{what} contains NaN or infinity", expected="finite numbers", actual="NaN or infinity", help=help)
    coarser = min(found.dtype.itemsize, expected.dtype.itemsize) < (16 if expected.dtype.kind == "c" else 8)
    allowed = tolerance or current().tolerances[torch.float32 if coarser else torch.float64]
    if np.allclose(found, expected, rtol=allowed.rtol, atol=allowed.atol, equal_nan=True):
        return None
    largest = float(np.nanmax(np.abs(found - expected)))
    return CheckFailure(
        f"{what} has wrong values: the largest difference is {largest:.3g}",
        expected=f"values within {allowed.atol:g} + {allowed.rtol:g} * |reference|, shape {list(expected.shape)}",
        actual=f"largest difference {largest:.3g}",
        help=help,
    )


def number_difference(
    actual: Any, expected: float, what: str, help: str | None, tolerance: Tolerance | None
) -> CheckFailure | None:
    """What there is to say against a number, or None if it is close; a tensor or an array of one number will do for one."""
    if issubclass(type(actual), (torch.Tensor, np.ndarray, np.generic)) and actual.shape in ((), (1,)):  # no question to a handle
        actual = actual.item()
    if type(actual) not in (int, float):
        return CheckFailure(f"{what} is not a number", expected="a number", actual=said(actual))
    one = np.asarray(float(actual))
    return array_difference(one, np.asarray(float(expected)), what, help, tolerance)


def said(value: Any) -> str:
    """What a value is, in words, also where it is a student object in another process."""
    try:
        kind = str(object.__getattribute__(value, "_type_name"))
    except AttributeError:
        kind = type(value).__name__
    return "the placeholder `...`" if kind == "ellipsis" else f"a value of type {kind}"
