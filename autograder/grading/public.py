"""Runs the public tests alone on one submission: an assignment without hidden tests in, its result and what is unfinished out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from autograder.assignment import Assignment, Question
from autograder.checks.context import StudentSide
from autograder.config import Config
from autograder.desk.blanks import NOT_ATTEMPTED, blank_lines, in_lines
from autograder.errors import CheckFailure, StudentException, SubmissionError
from autograder.grading.follow import Reference
from autograder.grading.grade import Grader, grade_submission
from autograder.grading.seeds import fresh
from autograder.grading.testfile import Tests
from autograder.results import Outcome, SubmissionResult
from autograder.sandbox.lanes import Lane
from autograder.submissions import Cell, Found, read_submission
from autograder.submissions.outline import filled_names, outline_cell


@dataclass(frozen=True)
class Checked:
    """What came of a check.

    Attributes:
        result: as of any submission, but for cells that stopped because something is not filled in yet: these are left out.
        unfinished: for each question that does not pass and has blanks left, what is to be said of them.
    """

    result: SubmissionResult
    unfinished: Mapping[str, str]


def public_grader(assignment: Assignment, config: Config, *, own_tests: bool) -> Grader:
    """A grader with the public tests only, without diagnosis and follow-through.

    `own_tests`: the tests come from where the submission does, so that they are trusted no more than it is: they run in its
    process, and what they say is its claim.
    """
    questions = tuple(one for one in map(_public, assignment.questions) if one.cases)
    public = [_on_the_students_side(question) if own_tests else Tests.compile(question) for question in questions]
    settings = config.model_copy(update={"scoring": config.scoring.model_copy(update={"follow_through": 0.0})})
    return Grader(assignment, settings, tuple(public), {}, "", Reference(), None, partial=True)


def check_submission(grader: Grader, found: Found, lane: Lane, questions: Collection[str]) -> Checked:
    """Run a notebook as far as these questions need it, and their public tests. Never raises for what a submission does."""
    result = grade_submission(grader.narrowed(questions), found, lane, fresh())
    try:
        handed_in = read_submission(found, grader.assignment.outline).cells
    except SubmissionError:  # which the result says, too
        handed_in = ()
    blanks = {cell.number: lines for cell in handed_in if (lines := blank_lines(cell.source))}
    first = min(blanks, default=None)
    cells = tuple(cell for cell in result.cells if first is None or cell.number < first)
    open_cells = _open_cells(grader.assignment, handed_in, {question.name: question.cells for question in result.questions})
    unfinished = _unfinished(result, _given_blanks(grader.assignment), blanks, open_cells)
    return Checked(msgspec.structs.replace(result, cells=cells), unfinished)


def _public(question: Question) -> Question:
    cases = tuple(case for case in question.cases if not case.hidden)
    return Question(name=question.name, points=sum(case.points for case in cases), cases=cases, source=question.source)


def _on_the_students_side(question: Question) -> Tests:
    """A question's tests without executing a line of them here."""
    filename = f"<tests of {question.name}>"
    lines = {node.name: node.lineno for node in ast.parse(question.source).body if isinstance(node, ast.FunctionDef)}
    return Tests(question, filename, {case.name: _shipped(case.name, filename, lines[case.name]) for case in question.cases})


def _shipped(name: str, filename: str, line: int) -> Callable[..., None]:
    def stands_for() -> None:
        """Never called here."""

    stands_for.__name__ = name
    code = StudentSide(stands_for, filename, line)

    def test(*handles: Any) -> None:
        try:
            code(*handles)
        except StudentException as error:
            if error.kind == "AssertionError":
                raise CheckFailure(error.text) from error
            raise

    return test


def _given_blanks(assignment: Assignment) -> Counter[str]:
    """How many blanks each question has in the template, as far as that is known."""
    found: Counter[str] = Counter()
    for cell, source in zip(assignment.outline, assignment.given, strict=False):
        if cell.question is not None:
            found[cell.question] += len(blank_lines(source))
    return found


def _open_cells(assignment: Assignment, cells: Sequence[Cell], answering: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Cells that leave open what no cell of a question binds: none answers it, but each is where its answer belongs."""
    sources = {cell.number: cell.source for cell in cells}
    found = {}
    for question, numbers in answering.items():
        wanted = {name for cell in assignment.outline if cell.question == question for name in cell.binds}
        wanted -= {name for number in numbers if number in sources for name in filled_names(sources[number])}
        found[question] = [cell.number for cell in cells if wanted & _left_open(cell.source)]
    return found


def _left_open(source: str) -> set[str]:
    return set(outline_cell(source)[0]) - filled_names(source)


def _unfinished(
    result: SubmissionResult, given: Mapping[str, int], blanks: Mapping[int, Sequence[int]], open_cells: Mapping[str, list[int]]
) -> dict[str, str]:
    said: dict[str, str] = {}
    for question in result.questions:
        numbers = open_cells[question.name] or question.cells
        left = {number: blanks[number] for number in numbers if number in blanks}
        if question.outcome is Outcome.PASSED or not left:
            continue
        if not question.cells or sum(map(len, left.values())) == given.get(question.name):
            said[question.name] = NOT_ATTEMPTED
        else:
            places = "; ".join(f"{in_lines(lines)} of code cell {number}" for number, lines in left.items())
            said[question.name] = f"not finished yet: `...` still stands in {places}"
    return said
