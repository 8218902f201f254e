"""Compares what a doctest shows with what it should show; OK-format tests are made of this."""

from __future__ import annotations

import doctest
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from autograder.checks.context import current, student_side
from autograder.errors import CheckFailure

_SCALAR = re.compile(r"\bnp\.(?:(?:float|int|uint|complex|str|bool)\w*\(([^()\n]*)\)|(True|False)_?\b)")
_MOST = 300


@contextmanager
def displayed(want: str, what: str, *options: str) -> Iterator[Callable[[Any], None]]:
    """Around an example of a doctest: what it prints, and what is passed to the function given here, is compared with `want`.

    `what`: the example's code, for the message. `options`: names of doctest's flags, such as "ELLIPSIS". Single numbers of NumPy
    arrive from the student's process as Python's own, so `np.float64(0.5)` and `0.5` are the same here.

    Raises CheckFailure, which names both texts.
    """
    shown = io.StringIO()

    def display(value: Any) -> None:
        if value is not None:
            shown.write(f"{value!r}\n")

    with redirect_stdout(shown):
        yield display
    got = shown.getvalue()
    flags = sum(doctest.OPTIONFLAGS_BY_NAME[option] for option in options)
    agree = doctest.OutputChecker().check_output
    failure = None
    if not agree(want, got, flags) and not agree(_bare(want), _bare(got), flags):
        expected, actual = _short(want), _short(got)
        failure = CheckFailure(f"`{what}` should show {expected}, and shows {actual}", expected=expected, actual=actual)
    current().compared(what, got, want, failure)


@student_side
def imported(name):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """A module of the student's, by its name, for tests that import one."""
    import importlib

    return importlib.import_module(name)


def _bare(text: str) -> str:
    """Numbers of NumPy as plain ones."""
    return _SCALAR.sub(lambda found: found[1] or found[2] or "", text)


def _short(text: str) -> str:
    text = text.strip()
    return (text[:_MOST] + ("..." if len(text) > _MOST else "")) or "nothing"
