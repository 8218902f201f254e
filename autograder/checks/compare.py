"""Compares what student code returned with a reference: type, shape, dtype, finiteness, closeness; in that order.

Here for tensors, in `arrays` for NumPy's arrays and plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.checks.arrays import array_difference, number_difference, said
from autograder.checks.context import Tolerance, current
from autograder.errors import CheckFailure, SandboxError

_SHARED = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64", "complex64", "complex128")
)
"""Names of dtypes that NumPy has and torch, too."""
Reference = torch.Tensor | np.ndarray[Any, Any] | float
"""What a right answer is compared with."""


def tensor(value: Any, what: str, *, shape: Sequence[int] | None = None, dtype: torch.dtype | None = None) -> torch.Tensor:
    """`value` as a plain detached tensor, once it is sure to be a tensor of the shape and dtype that are asked for.

    Raises CheckFailure, which names shapes and dtypes but no values.
    """
    if type(value) not in (torch.Tensor, torch.nn.Parameter):
        raise CheckFailure(f"{what} is not a tensor", expected="a torch.Tensor", actual=said(value))
    plain: torch.Tensor = value.detach()
    if shape is not None and tuple(plain.shape) != tuple(shape):
        raise CheckFailure(
            f"{what} has the wrong shape: expected {list(shape)}, got {list(plain.shape)}",
            expected=f"shape {list(shape)}",
            actual=f"shape {list(plain.shape)}",
        )
    if dtype is not None and plain.dtype != dtype and not _single_will_do(plain, dtype):
        raise CheckFailure(
            f"{what} has dtype {_name(plain.dtype)} instead of {_name(dtype)}", expected=_name(dtype), actual=_name(plain.dtype)
        )
    return plain


def close(actual: Any, expected: Reference, what: str, *, help: str | None = None, tolerance: Tolerance | None = None) -> None:
    """Raise CheckFailure unless `actual` is a tensor of `expected`'s shape and dtype, finite where that is, and close to it.

    |actual - expected| <= atol + rtol * |expected| holds for each element, with the tolerance of the dtype unless another one
    is given. The message tells the largest difference, never the values. `expected` may be a NumPy array or a plain number as
    well; then so must `actual`.
    """
    failure = _difference(actual, expected, what, help, tolerance)
    current().compared(what, _as_tensor(actual), _as_tensor(expected), failure)


def is_close(actual: Any, expected: Reference) -> bool:
    """Whether `close` would be content."""
    return _difference(actual, expected, "value", None, None) is None


def matches(actual: Any, formula: Callable[[], torch.Tensor]) -> bool:
    """Whether `actual` is a tensor of what `formula` gives, and not just one number again and again, which would show nothing.

    A formula that cannot be computed, because shapes do not fit or something is missing, gives nothing to match.
    """
    try:
        expected = formula()
    except SandboxError:
        raise  # the grader's own trouble
    except Exception:  # whatever a student's shapes and objects lead to
        return False
    return is_close(actual, expected) and bool((expected != expected.flatten()[:1]).any())


def _difference(
    actual: Any, expected: Reference, what: str, help: str | None, tolerance: Tolerance | None
) -> CheckFailure | None:
    """What `close` has to say of the two, or None if they are close."""
    if isinstance(expected, np.ndarray):
        return array_difference(actual, expected, what, help, tolerance)
    if isinstance(expected, (int, float)):
        return number_difference(actual, expected, what, help, tolerance)
    expected = expected.detach()
    try:
        plain = tensor(actual, what, shape=expected.shape, dtype=expected.dtype)
    except CheckFailure as failure:
        return failure
    expected = expected.to(plain.dtype)  # another dtype is left only where single precision will do
    if not expected.dtype.is_floating_point:
        if torch.equal(plain, expected):
            return None
        return CheckFailure(f"{what} has wrong values", expected="other values", actual=_shape(plain), help=help)
    allowed = tolerance or current().tolerances[expected.dtype]
    if torch.allclose(plain, expected, rtol=allowed.rtol, atol=allowed.atol):
        return None
    if bool((~torch.isfinite(plain) & torch.isfinite(expected)).any()):
        return CheckFailure(f"{what} contains NaN or infinity", expected="finite numbers", actual="NaN or infinity", help=help)
    largest = float((plain - expected).abs().max())
    return CheckFailure(
        f"{what} has wrong values: the largest difference is {largest:.3g}",
        expected=f"values within {allowed.atol:g} + {allowed.rtol:g} * |reference|, {_shape(expected)}",
        actual=f"largest difference {largest:.3g}",
        help=help,
    )


def _as_tensor(value: Any) -> Any:
    """Arrays as tensors, so that whoever listens to comparisons need know only these; anything else as it is."""
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.detach()
    if type(value) is np.ndarray and value.dtype.name in _SHARED:  # asked without `isinstance`, which a student object refuses
        return torch.from_numpy(value.copy())
    return value


def _single_will_do(actual: torch.Tensor, dtype: torch.dtype) -> bool:
    """Whether a result in single precision is taken where double is computed with; see `precision`."""
    return current().single_will_do and actual.dtype is torch.float32 and dtype is torch.float64


def gradient_kept_or_cleared(value: Any, gradient: torch.Tensor) -> None:
    """Raise CheckFailure unless a stored gradient is, after a step, what it was, None, or nothing but zeros."""
    if value is not None and not is_close(value, torch.zeros_like(gradient)):
        close(value, gradient, "A gradient after the step")


def left_in(value: torch.Tensor) -> torch.Tensor:
    """What student code has left in a tensor that it was given: `value` itself if it was not written to."""
    return current().left_in(value)


def unchanged(value: torch.Tensor, before: torch.Tensor, what: str) -> None:
    """Raise CheckFailure if student code has changed a tensor that it was only given to read.

    Ask it here: when the grader runs the test, `value` itself never changes, so that references stay what they are.
    """
    left = current().left_in(value)
    same = left.shape == before.shape and torch.equal(left.detach(), before.detach())
    failure = CheckFailure(
        f"{what} was changed by your code",
        expected="the caller's tensor as it was",
        actual="other values in it",
        help="Work on a new tensor or a clone instead of writing into what you were given.",
    )
    current().compared(what, left, before, None if same else failure)


def require(condition: bool, message: str, *, help: str | None = None) -> None:
    """Raise CheckFailure with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailure(message, help=help)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _shape(value: torch.Tensor) -> str:
    return f"shape {list(value.shape)}"
