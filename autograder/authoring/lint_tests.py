"""Takes the test cells of a question and finds what Otter would make of them that their author did not mean."""

from __future__ import annotations

import ast
import keyword
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.authoring.lint_blocks import Finding, Part, Question, line_of, read_yaml
from autograder.authoring.lint_functions import check_function
from autograder.submissions.source import PARSE_ERRORS

_BEGIN_CONFIG = re.compile(r'(?:.\s*=\s*)?""?"?\s*#\s*BEGIN\s*TEST\s*CONFIG', re.IGNORECASE)
_END_CONFIG = re.compile(r'""?"?\s*#\s*END\s*TEST\s*CONFIG', re.IGNORECASE)
_ANY_CONFIG = re.compile(r"#\s*BEGIN\s+TEST\s+CONFIG", re.IGNORECASE)
_HIDDEN = re.compile(r"\bhidden\b", re.IGNORECASE)
_CUT_MESSAGE = re.compile(r"\s*(?:success|failure)_message\s*:\s*[^'\"|>\s].*\s#")

_QUESTION_KEYS = {"name", "manual", "points", "check_cell", "export", "all_or_nothing"}
_TEST_KEYS = {"hidden", "points", "success_message", "failure_message"}
_OLD_TEST_KEYS = {"name"}
_OTTER_NAMES = {"name", "points", "all_or_nothing", "test_case", "OK_FORMAT"}


@dataclass(frozen=True)
class Case:
    """A test cell that could be read. `function` is None if it is a doctest."""

    part: Part
    function: ast.FunctionDef | None
    hidden: bool
    points: Any

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return f"`{self.function.name}`" if self.function is not None else f"in cell {self.part.cell}"


def check_questions(questions: list[Question], *, doctests: bool = False) -> Iterator[Finding]:
    """All findings about questions and their test cells, which are functions, or `doctests` of any statements."""
    names: set[str] = set()
    for question in questions:
        config, index = question.config, line_of(question.begin, "name")
        name = (config or {}).get("name")
        if config is None:
            pass  # it is a finding that it cannot be read
        elif name is None:
            text = "This question has no name; add a line `name: ...` with a word that can name a Python variable."
            yield question.begin.finding("question-name", text, 0)
        elif not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            text = (
                f"`{name}` cannot name a question; write a word that can name a Python variable, "
                "and not one that YAML takes for a truth, such as `yes` or `on`."
            )
            yield question.begin.finding("question-name", text, index)
        elif name in names:
            text = f"An earlier question is called `{name}` too, and Otter would mix their tests; give this one another name."
            yield question.begin.finding("duplicate-question", text, index)
        names.add(str(name))
        yield from _unknown_keys(question.begin, config or {}, _QUESTION_KEYS, "warning")
        found: list[Finding] = []
        cases = [case for part in question.tests if (case := _read_case(part, question, found, doctests))]
        yield from found
        yield from _check_together(question, cases)
        if config is not None and not config.get("manual"):
            if not question.tests:
                text = f"Question `{question.name}` has no tests, so nobody can earn its points; add some, or `manual: true`."
                yield question.begin.finding("no-tests", text, severity="error" if "points" in config else "warning")
            yield from _check_points(question, config.get("points"), cases)


def _check_together(question: Question, cases: list[Case]) -> Iterator[Finding]:
    if cases and len(cases) == len(question.tests) and all(case.hidden for case in cases):
        text = (
            f"All tests of `{question.name}` are hidden, so students have nothing to check; add a public test, "
            "worth 0 points if need be."
        )
        yield question.begin.finding("only-hidden-tests", text, severity="warning")
    names: set[str] = set()
    functions = [(case, case.function) for case in cases if case.function is not None]
    for case, function in functions:
        name, index = function.name, function.lineno - 1
        if name in names:
            text = (
                f"Question `{question.name}` has an earlier test function `{name}`, which this one would replace; "
                "rename one of them."
            )
            yield case.part.finding("duplicate-test", text, index)
        if name in _OTTER_NAMES:
            text = f"Otter's test file uses the name `{name}` itself; rename the function, for example to `test_{name}`."
            yield case.part.finding("duplicate-test", text, index)
        names.add(name)
    for case, function in functions:
        yield from check_function(case.part, function, hidden=case.hidden, others=names - {function.name})


def _check_points(question: Question, total: Any, cases: list[Case]) -> Iterator[Finding]:
    begin, index = question.begin, line_of(question.begin, "points")
    if isinstance(total, list):
        text = (
            f"`points` of `{question.name}` is a list, and Otter gives the students' file the wrong ones of it when tests are "
            "hidden; give points per test case instead: write `points: ...` into the configuration of each test cell."
        )
        yield begin.finding("points-list", text, index, "warning")
        return
    each = total.get("each", 1) if isinstance(total, dict) else None
    number = total if each is None else each
    if number is not None and not _is_points(number):
        text = f"`points` of `{question.name}` is not what Otter can add up; write a number that is not negative."
        yield begin.finding("points-invalid", text, index)
        return
    some = any(case.points is not None for case in cases)
    for case in cases:
        if case.points is None and number is None:
            worth = "none, since others of the question have some" if some else "its share of the question's one point"
            text = (
                f"Test {case.name} has no points, and so Otter gives it {worth}; write `points: ...` into its configuration, "
                "0 if it should earn none, or into that of the question."
            )
            yield case.part.finding("points-missing", text, 0, "error" if some and case.function is not None else "warning")
    if number is None or not cases or len(cases) != len(question.tests) or not all(_is_points(case.points) for case in cases):
        return
    stated, added = float(number) * (1 if each is None else len(cases)), math.fsum(case.points for case in cases)
    if not math.isclose(stated, added, abs_tol=1e-9):
        text = (
            f"Question `{question.name}` is worth {stated:g} points, but those of its tests add up to {added:g}; "
            "correct one of them, or leave the question's out."
        )
        yield begin.finding("points-sum", text, index)


def _is_points(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _unknown_keys(part: Part, config: dict[str, Any], known: set[str], severity: Any) -> Iterator[Finding]:
    for key in config:
        if key not in known:
            text = f"Otter overlooks `{key}` without a word; the keys here are {', '.join(sorted(known))}."
            yield part.finding("unknown-key", text, line_of(part, re.escape(str(key))), severity)


def _read_case(part: Part, question: Question, found: list[Finding], doctest: bool) -> Case | None:
    try:
        ast.parse(part.text)
    except PARSE_ERRORS as error:
        line = getattr(error, "lineno", None) or 1
        text = f"This test cell is no valid Python ({getattr(error, 'msg', error)}); Otter takes no magics here either."
        found.append(part.finding("syntax-error", text, min(line, len(part.lines)) - 1))
        return None
    first = part.lines[0]
    hidden: Any = first.lstrip().startswith("#") and bool(_HIDDEN.search(first))
    if hidden and first.strip() != "# HIDDEN":
        text = (
            "The word `hidden` in this comment makes the test a hidden one, and Otter drops the line; "
            "write another word, or `# HIDDEN` alone (or `hidden: true` in the configuration) if it is meant."
        )
        found.append(part.finding("accidental-hidden", text, 0))
    start, config = (1 if hidden else 0), dict[str, Any]()
    if _BEGIN_CONFIG.match(first):
        end = next((index for index, line in enumerate(part.lines) if _END_CONFIG.match(line)), None)
        if end is None:
            text = 'The test configuration does not end; put `""" # END TEST CONFIG` on a line of its own after it.'
            found.append(part.finding("bad-config", text, 0))
            return None
        read = _read_config(part, part.lines[1:end], found)
        if read is None:
            return None
        config = read
        start, hidden = end + 1, config.get("hidden", hidden)
    elif misplaced := [index for index, line in enumerate(part.lines) if _ANY_CONFIG.search(line)]:
        text = (
            'Otter reads a test configuration only if `""" # BEGIN TEST CONFIG` is the first line of the cell; '
            "move it there, and write `hidden: true` into it instead of `# HIDDEN` above it."
        )
        found.append(part.finding("config-not-first", text, misplaced[0]))
        return None
    if doctest:
        return Case(part, None, bool(hidden), config.get("points"))
    found.extend(_check_messages(part, config))
    function = _read_function(part, start, question, found)
    return Case(part, function, bool(hidden), config.get("points")) if function else None


def _read_config(part: Part, lines: tuple[str, ...], found: list[Finding]) -> dict[str, Any] | None:
    config = read_yaml(part, lines, 1, "the test", found)
    if config is None:
        return None
    if not any(line.strip() for line in lines):
        text = "The test configuration is empty, which Otter refuses; fill it in or remove it."
        found.append(part.finding("bad-config", text, 0))
    found.extend(_unknown_keys(part, config, _TEST_KEYS | _OLD_TEST_KEYS, "error"))
    found.extend(_unknown_keys(part, config, _TEST_KEYS | (config.keys() - _OLD_TEST_KEYS), "warning"))
    if not isinstance(config.get("hidden", False), bool):
        text = "`hidden` is neither true nor false, which breaks the generated test file; write one of them, without quotes."
        found.append(part.finding("bad-config", text, line_of(part, "hidden")))
    if config.get("points") is not None and not _is_points(config["points"]):
        text = f"`points: {config['points']}` is not what Otter can add up; write a number that is not negative."
        found.append(part.finding("points-invalid", text, line_of(part, "points")))
    return config


def _check_messages(part: Part, config: dict[str, Any]) -> Iterator[Finding]:
    missing = [key for key in ("success_message", "failure_message") if not config.get(key)]
    if missing:
        text = f"This test has no {' and no '.join(missing)}; add what a student should read, above all if the test is hidden."
        yield part.finding("no-message", text, 0, "warning")
    for key in ("success_message", "failure_message"):
        message, index = config.get(key), line_of(part, key)
        if message is None:
            continue
        if not isinstance(message, str):
            yield part.finding("bad-config", f"YAML does not take `{key}` for a text; put it in single quotes.", index)
        elif re.search(r'["\\\r\n]', message):
            text = (
                f"`{key}` holds a double quote, a backslash or a line break, which Otter copies unchanged into a Python string; "
                "use single quotes or backticks inside it, one line, and `>-` rather than `>` or `|`."
            )
            yield part.finding("broken-message", text, index)
        elif _CUT_MESSAGE.match(part.lines[index]):
            text = f"YAML takes the `#` in `{key}` and what follows for a comment; put the whole message in single quotes."
            yield part.finding("cut-message", text, index)


def _read_function(part: Part, start: int, question: Question, found: list[Finding]) -> ast.FunctionDef | None:
    body = ast.parse("\n" * start + "\n".join(part.lines[start:])).body
    function = body[0] if body else None
    if not isinstance(function, ast.FunctionDef):
        text = (
            f"A test cell of `{question.name}` must be one function and nothing before it; put imports and helpers "
            "inside the function."
        )
        found.append(part.finding("test-cell", text, (function.lineno - 1) if function else 0))
        return None
    for extra in body[1:]:
        if len(body) > 2 or not _calls(extra, function.name):
            text = (
                f"Otter keeps only the first function of a test cell, `{function.name}`, and loses this or refuses the cell; "
                "give every test a cell of its own (a single call of the test below it is fine)."
            )
            found.append(part.finding("test-cell", text, extra.lineno - 1))
            break
    found.extend(_check_signature(part, function))
    if not (ast.get_docstring(function) or "").strip():
        text = f"`{function.name}` has no docstring; its first line is the title that students and staff read."
        found.append(part.finding("no-title", text, function.lineno - 1, "warning"))
    return function


def _calls(node: ast.stmt, name: str) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == name
    )


def _check_signature(part: Part, function: ast.FunctionDef) -> Iterator[Finding]:
    arguments, index = function.args, function.lineno - 1
    if arguments.posonlyargs or arguments.vararg or arguments.kwonlyargs or arguments.kwarg or arguments.defaults:
        text = (
            f"`{function.name}` has other than plain parameters, each of which is filled with the student's object of that name; "
            "write them without `*`, `/` and defaults."
        )
        yield part.finding("test-signature", text, index)
    if any(argument.arg == "env" for argument in arguments.args):
        text = (
            f"`env` of `{function.name}` is the whole namespace in Otter and nothing in the grader; name the "
            "objects it needs instead."
        )
        yield part.finding("test-signature", text, index)
    if function.decorator_list:
        text = f"`{function.name}` has a decorator, and Otter adds its own; remove it and use a test configuration."
        yield part.finding("test-signature", text, function.decorator_list[0].lineno - 1)
