"""Reads the exception-based test files that Otter writes: source text in, questions with their test cases out; nothing is run."""

from __future__ import annotations

import ast

from autograder.assignment import Question, TestCase
from autograder.errors import AuthoringError


def read_question(name: str, source: str) -> Question:
    """The question of one test file. Raises AuthoringError, which names question and test, if something is missing in it."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise AuthoringError(
            f"question `{name}`: Otter wrote a test file that is no Python ({error.msg}, line {error.lineno}); "
            "look for a double quote in a success_message or failure_message"
        ) from None
    cases = [_case(name, node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not cases:
        raise AuthoringError(f"question `{name}` has no test cases; add some between # BEGIN TESTS and # END TESTS")
    names = [case.name for case in cases]
    for case in names:
        if names.count(case) > 1:
            raise AuthoringError(f"question `{name}` has two test cases called `{case}`; give each a name of its own")
    return Question(name=name, points=sum(case.points for case in cases), cases=tuple(cases), source=source)


def _case(question: str, function: ast.FunctionDef) -> TestCase:
    settings = _settings(function)
    points = settings.get("points")
    if isinstance(points, bool) or not isinstance(points, (int, float)):
        raise AuthoringError(
            f"question `{question}`, test `{function.name}`: no points; write `points: ...` into its # BEGIN TEST CONFIG"
        )
    title = (ast.get_docstring(function) or function.name.removeprefix("test_").replace("_", " ")).splitlines()[0].strip()
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        raise AuthoringError(
            f"question `{question}`, test `{function.name}`: its parameters are the names of student objects, plain ones only"
        )
    return TestCase(
        name=function.name,
        title=title,
        points=float(points),
        hidden=settings.get("hidden") is True,
        success_message=_text(settings.get("success_message")),
        failure_message=_text(settings.get("failure_message")),
        parameters=tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args)),
    )


def _settings(function: ast.FunctionDef) -> dict[str, object]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "test_case":
            return {word.arg: ast.literal_eval(word.value) for word in decorator.keywords if word.arg is not None}
    return {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
