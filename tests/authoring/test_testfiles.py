"""Tests in both of Otter's formats become the same questions, with the points that Otter gives them."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.authoring.doctests import as_functions
from autograder.authoring.testfiles import read_question, share_points
from autograder.errors import AuthoringError


@pytest.mark.parametrize(
    ("total", "stated"),
    [
        (None, [None, None, None]), (None, [1, None]), (None, [0, None, None]), (None, [0, 0]), (6, [None, 2, None]), (3, [1, 2]),
        (0, [None]), ([1, 2.5], [None, None]), (5, [2, 1]),
    ],
)  # fmt: skip
def test_points_are_otters(total: Any, stated: list[float | None]) -> None:
    """Otter's own function, asked the same, gives the same."""
    from otter.test_files.abstract_test import TestCase, TestFile

    cases = [TestCase("", "", False, points, None, None) for points in stated]
    assert share_points("q", total, stated) == pytest.approx(
        [case.points for case in TestFile.resolve_test_file_points(total, cases)]
    )


@pytest.mark.parametrize(
    ("total", "stated", "says"),
    [
        ([1], [None, None], "lists 1 numbers for 2"),
        (1, [2, 3], "worth 1 points"),
        (None, ["two"], "no number"),
        (-1, [None], "no number"),
    ],
)
def test_points_that_do_not_add_up_are_refused(total: Any, stated: list[Any], says: str) -> None:
    """With the question's name."""
    with pytest.raises(AuthoringError, match=f"question `q`.*{says}"):
        share_points("q", total, stated)


def _spec(*codes: str, **more: Any) -> dict[str, Any]:
    return {"name": "q", "points": None, "suites": [{"cases": [{"code": code, "hidden": False, **more} for code in codes]}]}


def _run(code: str, bound: set[str] | None = None, imports: dict[str, str] | None = None, **values: Any) -> None:
    """Run a doctest as the grader would, with these student objects."""
    question = read_question("q", _spec(code), imports=imports, bound=bound or set(values))
    source = question.source.replace("from otter.test_files import test_case", "test_case = lambda **k: lambda f: f")
    space: dict[str, Any] = {}
    exec(source, space)
    (case,) = question.cases
    space[case.name](*[values[name] for name in case.parameters])


@pytest.mark.parametrize(
    "code",
    [
        ">>> f(2)\n4",
        ">>> y = f(2)\n>>> y\n4",
        ">>> print(f(2), 'and', f(3))\n4 and 6",
        ">>> for n in range(2):\n...     print(f(n))\n0\n2",
        ">>> x = x + 1\n>>> x\n8",
        ">>> [x for x in range(3)]\n[0, 1, 2]",
        ">>> assert f(1) == 2\n>>> None",
        ">>> max(f(1), 1)\n2",
        ">>> np.array([1.0, 2.0]).mean()\nnp.float64(1.5)",
        ">>> f(1.0) / 4\nnp.float64(0.5)",
        ">>> list(range(30)) # doctest: +ELLIPSIS\n[0, 1, ..., 29]",
        ">>> (lambda a: a + x)(1)\n8",
        ">>> import json as theirs, math\n>>> theirs.dumps([math.floor(x)])\n'[7]'",
    ],
)
def test_a_doctest_passes_as_a_function(code: str) -> None:
    """Values, variables of its own, prints, loops, the student's names written over, flags, numbers of NumPy."""
    _run(code, imports={"np": "import numpy as np"}, f=lambda n: 2 * n, x=7)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (">>> f(2)\n5", r"`f\(2\)` should show 5, and shows 4"),
        (">>> f(2)", "should show nothing, and shows 4"),
        (">>> print('a')\nb", "should show b, and shows a"),
        (">>> assert f(2) == 5", r"this does not hold: f\(2\) == 5"),
    ],
)
def test_a_doctest_fails_as_a_function(code: str, says: str) -> None:
    """With the code, what it should show, and what it shows."""
    with pytest.raises(AssertionError, match=says):
        _run(code, f=lambda n: 2 * n)


def test_a_name_that_the_student_takes_is_the_students() -> None:
    """A builtin that the notebook binds anew is asked of the student, an imported module is not."""
    question = read_question("q", _spec(">>> max(np.pi, 1)\n3"), imports={"np": "import numpy as np"}, bound={"max", "np"})
    assert question.cases[0].parameters == ("max",) and "import numpy as np" in question.source


def test_a_hidden_doctest_tells_nothing_in_its_title() -> None:
    """Titles are read by students."""
    cases = [read_question("q", _spec(">>> f(2)\n4", hidden=hidden), bound={"f"}).cases[0] for hidden in (False, True)]
    assert [case.title for case in cases] == ["Test 1: f(2)", "Test 1"]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (_spec(">>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: division by zero"), "expects a traceback"),
        (_spec(">>> f(\n4"), "cannot be read as a doctest"),
        (_spec("no example"), "nothing in it to test"),
        ({"name": "q", "suites": [{"cases": [], "setup": ">>> import os"}]}, "without setup"),
    ],
)
def test_what_cannot_be_turned_is_refused(spec: dict[str, Any], says: str) -> None:
    """With question and test."""
    with pytest.raises(AuthoringError, match=f"question `q`.*{says}"):
        as_functions(spec, {}, set())
