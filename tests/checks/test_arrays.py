"""Arrays and plain numbers are compared as tensors are: what they are, their shape, their kind, finiteness, closeness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder import checks
from autograder.checks import context
from autograder.errors import CheckFailure

ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (ONES + 1e-9, ONES),
        (ONES.astype("float32") * np.float32(1.00005), ONES),
        (np.array([1, 2], dtype="int32"), np.array([1, 2])),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
        (np.array([True]), np.array([True])),
        ((ONES * 1j).astype("complex64") * np.complex64(1.00005), ONES * 1j),
        (0.5, 0.5 + 1e-9), (3, 3.0), (np.float64(0.5), 0.5), (torch.tensor(2.0), 2), (np.array([2.0]), 2),
    ],
)  # fmt: skip
def test_what_is_close_passes(actual: Any, expected: Any) -> None:
    """The precision is the student's to choose, and the tolerance that of the coarser one."""
    checks.close(actual, expected, "It")


@pytest.mark.parametrize(
    ("actual", "expected", "says"),
    [
        ([1.0], np.ones(1), "It is not a NumPy array"),
        (..., np.ones(1), "It is not a NumPy array"),
        (torch.ones(1), np.ones(1), "It is not a NumPy array"),
        (np.ones(3), ONES, r"expected \[2, 3\], got \[3\]"),
        (np.ones((2, 3), dtype=int), ONES, "holds whole numbers instead of floating-point numbers"),
        (np.array([1, 3]), np.array([1, 2]), "It has wrong values"),
        (np.array([np.nan]), np.ones(1), "NaN or infinity"),
        (ONES + 0.5, ONES, "the largest difference is 0.5"),
        (ONES + 1e-5, ONES, "the largest difference is 1e-05"),
        ("0.5", 0.5, "It is not a number"), (True, 1.0, "It is not a number"), (None, 1.0, "It is not a number"),
        (0.6, 0.5, "the largest difference is 0.1"),
    ],
)  # fmt: skip
def test_what_is_not_close_is_told(actual: Any, expected: Any, says: str) -> None:
    """In this order, and without the values."""
    with pytest.raises(CheckFailure, match=says):
        checks.close(actual, expected, "It")
    assert not checks.is_close(actual, expected)


def test_numbers_of_numpy_follow_from_the_seed() -> None:
    """The same seed draws the same, another draws others, and within a test case numbers go on."""
    drawn = []
    for seed in (1, 1, 2):
        with context.installed(context.Context(seed=seed)):
            drawn.append((checks.numpy_rng().random(), checks.numpy_rng().random()))
    assert drawn[0] == drawn[1] != drawn[2] and drawn[0][0] != drawn[0][1]


def test_an_array_is_given_back_once_it_is_sure_to_be_one() -> None:
    """For tests that go on with it."""
    assert checks.array(ONES, "It", shape=(2, 3)) is ONES
    with pytest.raises(CheckFailure, match="wrong shape"):
        checks.array(ONES, "It", shape=(3, 2))
