"""Reads the tests that Otter writes, as files or into a notebook's metadata: questions with test cases out; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Question, TestCase
from autograder.authoring.doctests import as_functions
from autograder.errors import AuthoringError

Otters = str | dict[str, Any]
"""Tests of a question as Otter keeps them: the text of an exception-based file, or an OK-format specification."""


def collect_tests(folder: Path, notebook: Mapping[str, Any]) -> dict[str, Otters]:
    """Tests by question: those in `tests/` of Otter's output `folder`, and those in the metadata of its notebook."""
    found: dict[str, Otters] = dict(notebook["metadata"].get("otter", {}).get("tests", {}))
    for path in sorted((folder / "tests").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        found[path.stem] = _specification(path.stem, text) or text
    return found


def _specification(question: str, text: str) -> dict[str, Any] | None:
    """The specification in the text of an OK-format file; None if it is of the other format."""
    for name, value in _constants(_parse(question, text)).items():
        if name == "test" and isinstance(value, dict):
            return value
    return None


def read_question(
    name: str, tests: Otters, *, imports: Mapping[str, str] | None = None, bound: Collection[str] = (), alone: bool = False
) -> Question:
    """The question of one test file. `imports`, `bound`, `alone`: as for `as_functions`, where the tests are in OK-format.

    Raises AuthoringError, which names question and test, if something is missing in it.
    """
    source = tests if isinstance(tests, str) else as_functions(tests, imports or {}, bound, alone=alone)
    tree = _parse(name, source)
    cases = [_case(name, node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not cases:
        raise AuthoringError(f"question `{name}` has no test cases; add some between # BEGIN TESTS and # END TESTS")
    names = [case.name for case, _ in cases]
    for case in names:
        if names.count(case) > 1:
            raise AuthoringError(f"question `{name}` has two test cases called `{case}`; give each a name of its own")
    constants = _constants(tree)
    points = share_points(name, constants.get("points"), [points for _, points in cases])
    complete = tuple(msgspec.structs.replace(case, points=worth) for (case, _), worth in zip(cases, points, strict=True))
    return Question(
        name=name,
        points=round(sum(points), 9),
        cases=complete,
        source=source,
        all_or_nothing=constants.get("all_or_nothing") is True,
    )


def share_points(question: str, total: Any, stated: Sequence[float | None]) -> list[float]:
    """Points of each test case, by Otter's rules. `total`: of the question, one number or one for each case; None: not given.

    Cases without points of their own share what the others leave of the total. Without a total a question is worth one point,
    unless a case has points: then those without have none.
    """
    if isinstance(total, list):
        if len(total) != len(stated):
            raise AuthoringError(f"question `{question}`: `points` lists {len(total)} numbers for {len(stated)} test cases")
        stated, total = total, None
    for points in (total, *stated):
        if points is not None and (isinstance(points, bool) or not isinstance(points, (int, float)) or points < 0):
            raise AuthoringError(f"question `{question}`: {points!r} is no number of points; write a number that is not negative")
    given, missing = sum(points or 0 for points in stated), sum(points is None for points in stated)
    if total is None:
        total = given if given else 1
    elif given > total + 1e-9:
        raise AuthoringError(
            f"question `{question}` is worth {total:g} points, and its tests have {given:g}; correct one of them"
        )
    share = (total - given) / missing if missing else 0.0
    return [float(share if points is None else points) for points in stated]


def _parse(name: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise AuthoringError(
            f"question `{name}`: Otter wrote a test file that is no Python ({error.msg}, line {error.lineno}); "
            "look for a double quote in a success_message or failure_message"
        ) from None


def _constants(tree: ast.Module) -> dict[str, Any]:
    """Top-level names of a test file whose value is written out."""
    found: dict[str, Any] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                try:
                    found[name] = ast.literal_eval(value)
                except ValueError:
                    continue
    return found


def _case(question: str, function: ast.FunctionDef) -> tuple[TestCase, float | None]:
    """A test case, and the points that it has of its own."""
    settings = _settings(function)
    title = (ast.get_docstring(function) or function.name.removeprefix("test_").replace("_", " ")).splitlines()[0].strip()
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        raise AuthoringError(
            f"question `{question}`, test `{function.name}`: its parameters are the names of student objects, plain ones only"
        )
    points: Any = settings.get("points")
    case = TestCase(
        name=function.name,
        title=title,
        points=0.0,
        hidden=settings.get("hidden") is True,
        success_message=_text(settings.get("success_message")),
        failure_message=_text(settings.get("failure_message")),
        parameters=tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args)),
    )
    return case, points


def _settings(function: ast.FunctionDef) -> dict[str, object]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "test_case":
            return {word.arg: ast.literal_eval(word.value) for word in decorator.keywords if word.arg is not None}
    return {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
