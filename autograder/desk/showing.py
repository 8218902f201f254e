"""What doctests need where the grader's own checks are not: in the process of a notebook that brings its tests along."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
from collections.abc import Callable, Iterator
from typing import Any

_MOST = 300


@contextlib.contextmanager
def displayed(want: str, what: str, *options: str) -> Iterator[Callable[[Any], None]]:
    """Around an example: what it prints, and what is passed to the function given here, must be `want`, or AssertionError."""
    shown = io.StringIO()

    def display(value: Any) -> None:
        if value is not None:
            shown.write(f"{value!r}\n")

    with contextlib.redirect_stdout(shown):
        yield display
    got, flags = shown.getvalue(), sum(doctest.OPTIONFLAGS_BY_NAME[option] for option in options)
    if not doctest.OutputChecker().check_output(want, got, flags):
        expected, actual = (text.strip()[:_MOST] or "nothing" for text in (want, got))
        raise AssertionError(f"`{what}` should show {expected}, and shows {actual}")


imported = importlib.import_module
