"""Puts the student's own lines beside what is said of them: cells that failed, rules that were broken, tests that raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from autograder.results import CellResult, Excerpt, QuestionResult, TestResult, Violation
from autograder.submissions import Cell

AROUND = 4
"""Lines above and below the one that is meant."""
WIDTH = 160
"""Characters of a line."""


class Excerpts:
    """The code cells of one submission, to quote from."""

    def __init__(self, cells: Sequence[Cell], shown: Mapping[int, int]):
        """`cells`: as they were handed in. `shown`: the number of a cell that was run, and that of the one it is a part of."""
        self._lines = {cell.number: cell.source.replace("\r\n", "\n").replace("\r", "\n").split("\n") for cell in cells}
        self._shown = shown

    def at(self, number: int | None, line: int | None) -> Excerpt | None:
        """The lines around this one; None if there is no such line."""
        cell = self._shown.get(number, number) if number is not None else None
        lines = self._lines.get(cell) if cell is not None else None
        if cell is None or lines is None or line is None or not 1 <= line <= len(lines):
            return None
        first = max(1, line - AROUND)
        some = tuple(text if len(text) <= WIDTH else f"{text[:WIDTH]} …" for text in lines[first - 1 : line + AROUND])
        return Excerpt(cell=cell, first=first, marked=line, lines=some)

    def in_cells(self, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
        """With what they are about, where they did not run to their end."""
        return tuple(
            one if one.status == "ok" else msgspec.structs.replace(one, excerpt=self.at(one.number, one.line)) for one in results
        )

    def in_questions(self, questions: Sequence[QuestionResult]) -> tuple[QuestionResult, ...]:
        """With the lines that broke a rule, and those that raised in a test."""
        return tuple(
            msgspec.structs.replace(
                question,
                violations=tuple(map(self._in_violation, question.violations)),
                tests=tuple(map(self._in_test, question.tests)),
            )
            for question in questions
        )

    def _in_violation(self, violation: Violation) -> Violation:
        return msgspec.structs.replace(violation, excerpt=self.at(violation.cell, violation.line))

    def _in_test(self, test: TestResult) -> TestResult:
        return msgspec.structs.replace(test, excerpt=self.at(*test.raised_at)) if test.raised_at is not None else test
