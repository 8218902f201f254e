"""Records what a test case compares, instead of stopping at the first failure: the values that a diagnosis goes by.

A test is compiled a second time for it, with assertions that compare values turned into comparisons; the test that decides
on marks stays as it was written.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from autograder.assignment import Question, TestCase
from autograder.checks import context as checks
from autograder.errors import CheckFailure
from autograder.grading.seeds import derive
from autograder.grading.testfile import Tests

MOST = 400
"""Comparisons of one test case that are kept."""
_COMPARE, _EQUAL, _SHAPE = "_autograder_compare", "_autograder_equal", "_autograder_shape"


@dataclass(frozen=True)
class Comparison:
    """One comparison of a test.

    Attributes:
        line: of the test file; 0 if unknown.
        what: the test's word for the value.
        actual, expected: a tensor of our own, a number, a list of numbers (a shape), or None for anything else.
        agreed: whether they were close enough.
        batch: the test's own variable of that name, if it has one.
    """

    line: int
    what: str
    actual: Any
    expected: Any
    agreed: bool
    batch: int | None

    @property
    def key(self) -> tuple[int, str]:
        """What tells the comparisons of a test from each other, except for turns of a loop."""
        return self.line, self.what

    @property
    def telling(self) -> bool:
        """Whether the actual value could hardly be what it is by chance: not constant, not a small whole number."""
        value = self.actual
        if isinstance(value, torch.Tensor) and value.numel() == 1:
            value = value.item()
        if isinstance(value, torch.Tensor):
            return value.numel() > 1 and bool((value != value.flatten()[0]).any()) and bool(value.isfinite().all())
        if isinstance(value, float):
            return math.isfinite(value) and not value.is_integer()
        return type(value) is int and abs(value) > 2


class _Enough(Exception):
    """What was to be found out by a run is known."""


class Listener:
    """Collects the comparisons of one run of a test from `filename`, up to one of which `enough` says so."""

    def __init__(self, filename: str, enough: Callable[[Sequence[Comparison]], bool] | None = None):
        self._filename, self._enough = filename, enough
        self.heard: list[Comparison] = []

    def __call__(self, what: str, actual: Any, expected: Any, agreed: bool) -> None:
        """Keep one."""
        if len(self.heard) < MOST:
            line, batch = self._place()
            self.heard.append(Comparison(line, what, _plain(actual), _plain(expected), agreed, batch))
            if self._enough is not None and self._enough(self.heard):
                raise _Enough

    def _place(self) -> tuple[int, int | None]:
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
        if frame is None:
            return 0, None
        batch = frame.f_locals.get("batch")
        return frame.f_lineno, batch if type(batch) is int else None


def _plain(value: Any) -> Any:
    """A value that can be kept: what is passed on by reference may still change, and handles cannot be compared."""
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.detach().clone()
    if type(value) in (bool, int, float):
        return value
    if type(value) in (list, tuple, torch.Size) and all(type(item) is int for item in value):
        return list(value)
    return None


def listen(
    tests: Tests,
    case: TestCase,
    context: checks.Context,
    values: Mapping[str, Any],
    enough: Callable[[Sequence[Comparison]], bool] | None = None,
) -> list[Comparison]:
    """All comparisons that a case makes of `values`, up to where it could not go on or `enough` holds of them."""
    listener = Listener(tests.filename, enough)
    context.listener = listener
    try:
        with checks.installed(context), own_random_state(derive(context.seed, "torch")):
            tests.functions[case.name](*[values[name] for name in case.parameters])
    except Exception:  # whatever a wrong value leads to: what was compared before counts
        pass
    return listener.heard


@contextmanager
def own_random_state(seed: int) -> Iterator[None]:
    """What a test draws without asking for `checks.rng()` comes from its seed too, and leaves no trace behind."""
    state = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)  # torch.manual_seed asks for every device, which takes longer than a test
    try:
        yield
    finally:
        torch.set_rng_state(state)


def same(one: Comparison, other: Comparison, tolerances: Mapping[torch.dtype, checks.Tolerance]) -> bool:
    """Whether two comparisons are the same one, of the same value."""
    return (
        one.key == other.key
        and equal(one.expected, other.expected, tolerances)
        and one.actual is not None
        and equal(one.actual, other.actual, tolerances)
    )


def equal(one: Any, other: Any, tolerances: Mapping[torch.dtype, checks.Tolerance]) -> bool:
    """Whether two values are the same within the tolerance of their dtype; shape and dtype count."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        allowed = tolerances.get(one.dtype)
        if allowed is None:
            return torch.equal(one, other)
        return torch.allclose(one, other, rtol=allowed.rtol, atol=allowed.atol, equal_nan=True)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-5)
    return type(one) is type(other) and not isinstance(one, torch.Tensor) and bool(one == other)


def observed(question: Question) -> Tests:
    """A question's tests, whose plain assertions on values are comparisons like those of `checks`."""
    names = {_COMPARE: _compare, _EQUAL: _equal, _SHAPE: _shape}
    return Tests.compile(question, rewrite=_Assertions(), names=names)


class _Assertions(ast.NodeTransformer):
    """Turns `assert torch.allclose(a, b)`, `assert a == b` and `assert a.shape == b` into comparisons of `a`."""

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        match node.test:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="torch"), attr="allclose" | "equal") as function, args=[actual, expected, *_]
            ):
                call = _call(_COMPARE, actual, function, actual, expected)
            case ast.Compare(left=ast.Attribute(value=subject, attr="shape"), ops=[ast.Eq()], comparators=[right]):
                call = _call(_SHAPE, subject, subject, right)
            case ast.Compare(
                left=ast.Call(func=ast.Name(id="list"), args=[ast.Attribute(value=subject, attr="shape")]),
                ops=[ast.Eq()],
                comparators=[right],
            ):
                call = _call(_SHAPE, subject, subject, right)
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                call = _call(_EQUAL, left, left, right)
            case _:
                return node
        return ast.fix_missing_locations(ast.copy_location(ast.Expr(call), node))


def _call(name: str, about: ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), [ast.Constant(f"`{ast.unparse(about)}`"), *arguments], [])


def _compare(what: str, function: Callable[[Any, Any], bool], actual: Any, expected: Any) -> None:
    try:
        agreed = bool(function(actual, expected))
    except RuntimeError:  # of shapes that do not fit
        agreed = False
    _tell(what, actual, expected, agreed)


def _equal(what: str, actual: Any, expected: Any) -> None:
    _tell(what, actual, expected, bool(actual == expected))


def _shape(what: str, subject: Any, expected: Any) -> None:
    _tell(f"the shape of {what}", subject, expected, list(subject.shape) == list(expected))


def _tell(what: str, actual: Any, expected: Any, agreed: bool) -> None:
    checks.current().compared(what, actual, expected, None if agreed else CheckFailure(f"{what} is not as it should be"))


def failing(comparisons: Sequence[Comparison]) -> list[int]:
    """Positions of those that did not agree."""
    return [index for index, comparison in enumerate(comparisons) if not comparison.agreed]
