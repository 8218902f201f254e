"""Looks for what students must not get in what they get: files of the template in, findings out."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignment import Assignment
from autograder.authoring.assemble import source_of
from autograder.authoring.desk import held_in

_LINE_MARK = re.compile(r"#\s?SOLUTION(?: NO PROMPT)?\s*$")
_BEGIN, _END = re.compile(r"^\s*# BEGIN SOLUTION"), re.compile(r"# END SOLUTION\s*$")
_SHORT = 12
"""Lines of fewer letters and digits than this, such as `return x`, say nothing and may stand anywhere."""


def find_leaks(master: Mapping[str, Any], assignment: Assignment, student: Mapping[str, bytes]) -> tuple[str, ...]:
    """One sentence for each solution line, hidden test, known mistake or marker that is in the student's files."""
    texts = {name: _readable(name, content) for name, content in student.items()}
    code = _Code.of(master)
    return tuple(
        dict.fromkeys(
            [
                *_solution_lines(code, texts),
                *_hidden_tests(assignment, code, texts),
                *_mistakes(assignment, code, texts),
                *_markers(texts),
            ]
        )
    )


@dataclass
class _Code:
    """Lines of the solution notebook's code cells outside of tests, stripped: those of the solution, and those given to students.

    Attributes:
        where: a line of the solution -> number of the first cell that has it.
    """

    solution: Counter[str]
    given: Counter[str]
    where: dict[str, int]

    @classmethod
    def of(cls, master: Mapping[str, Any]) -> _Code:
        """Sort the lines by the markers around or behind them."""
        code = cls(Counter(), Counter(), {})
        in_tests = False
        for number, cell in enumerate(master["cells"], 1):
            text = source_of(cell)
            if cell["cell_type"] != "code":
                in_tests = (in_tests or "# BEGIN TESTS" in text) and "# END TESTS" not in text
            elif not in_tests:
                code._add(text, number)
        return code

    def _add(self, text: str, number: int) -> None:
        inside = False
        for line in text.splitlines():
            if _BEGIN.match(line):
                inside = True
            elif _END.search(line):
                inside = False
            elif inside or _LINE_MARK.search(line):
                bare = _LINE_MARK.sub("", line).strip()
                self.solution[bare] += 1
                self.where.setdefault(bare, number)
            else:
                self.given[line.strip()] += 1


def _readable(name: str, content: bytes) -> str:
    """Every text in a file, one line a line: of a notebook the cells' sources, what is packed in them, outputs and metadata."""
    text = content.decode("utf-8", "replace")
    if not name.endswith(".ipynb"):
        return text
    parts: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, str):
            parts.append(value)
        elif isinstance(value, list):
            if all(isinstance(item, str) for item in value):
                parts.append("".join(value))
            else:
                for item in value:
                    collect(item)
        elif isinstance(value, dict):
            for item in value.values():
                collect(item)

    notebook = json.loads(text)
    collect(notebook)
    sources = [source_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for held in filter(None, map(held_in, sources)):
        more = [source for _, source in held["cells"] if source not in sources]  # the others have been collected
        collect([{**held, "cells": None}, *more])
    return "\n".join(parts)


def _solution_lines(code: _Code, texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        lines = Counter(line.strip() for line in text.splitlines())
        for bare in code.solution:
            if _says_something(bare) and lines[bare] > code.given[bare]:
                yield (
                    f"{name}: the solution's line `{bare}` (cell {code.where[bare]} of the solution notebook) "
                    "is in the student's files"
                )


def _hidden_tests(assignment: Assignment, code: _Code, texts: Mapping[str, str]) -> Iterator[str]:
    public: set[str] = set(code.given)
    hidden: dict[str, tuple[str, str]] = {}
    for question in assignment.questions:
        secret = {case.name for case in question.cases if case.hidden}
        for node in ast.parse(question.source).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            lines = {line.strip() for line in ast.unparse(node).splitlines() if _says_something(line)}
            if node.name in secret:
                hidden.update(dict.fromkeys(lines, (question.name, node.name)))
            else:
                public |= lines
    for name, text in texts.items():
        lines = {line.strip() for line in text.splitlines()}
        for line, (question_name, case) in hidden.items():
            if line in lines - public:
                yield f"{name}: the line `{line}` of the hidden test `{case}` of `{question_name}` is in the student's files"


def _mistakes(assignment: Assignment, code: _Code, texts: Mapping[str, str]) -> Iterator[str]:
    """Known mistakes are the solution's lines with a change: what one of them changes, or says about itself, tells much."""
    solution = {line.strip() for source in assignment.cells for line in source.splitlines()}
    for name, text in texts.items():
        lines = {line.strip() for line in text.splitlines()}
        for one in assignment.misconceptions:
            made = {line.strip() for _, source in one.changes for line in source.splitlines()} - solution
            for line in sorted(made & lines - set(code.given)):
                if _says_something(line):
                    yield f"{name}: the line `{line}` of the known mistake `{one.name}` is in the student's files"
            if one.hint in text:
                yield f"{name}: the hint of the known mistake `{one.name}` is in the student's files"


def _markers(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        for marker in ("# SOLUTION", "# BEGIN SOLUTION", "# BEGIN TEST CONFIG", "hidden=True", "'hidden': True"):
            if marker in text:
                yield f"{name}: `{marker}` is in the student's files"


def _says_something(line: str) -> bool:
    return sum(character.isalnum() for character in line) >= _SHORT
