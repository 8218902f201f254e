"""What a student may see of a result: feedback and Gradescope's form take test cases from here only, never as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from autograder.config import Config
from autograder.reports.text import LISTED, listed, one_line, readable
from autograder.results import CellResult, Excerpt, Outcome, QuestionResult, Status, SubmissionResult, TestResult, Violation

CASE_ERRORED: Final = (
    "This could not be judged because of a problem on the grader's side, not because of your code. "
    "Course staff must look at it; the points are not final."
)
SUBMISSION_STATUS: Final = {
    Status.GRADED: "",
    Status.UNREADABLE: "This submission could not be read as a notebook, so nothing in it could be graded.",
    Status.FOREIGN: "This does not look like a notebook of this assignment, so nothing in it was graded.",
    Status.UNTOUCHED: "This is the template as it was handed out. Was another file meant?",
    Status.ERRORED: (
        "Something went wrong on the grader's side. Course staff must look at this submission; the score is not final."
    ),
}
_CELL_STATUS: Final = {
    "raised": "raised an error",
    "timeout": "did not end in time",
    "died": "ended the process",
    "syntax": "is not valid Python",
    "skipped": "was skipped",
}


class VisibleExcerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of the student's own cell: number, text, and whether it is the one that is meant."""

    cell: int
    lines: tuple[tuple[int, str, bool], ...]


class VisibleCase(msgspec.Struct, frozen=True, kw_only=True):
    """What a student may see of one test case.

    Attributes:
        title: the case's own if it is public, else only its number.
        manual: points that were set by hand; None if they were not.
        expected, actual, help: of a public case that failed.
        hint: what the mistake is, of a case that failed, if hints are shown for its kind.
        excerpt: the student's own lines that raised, of a public case.
    """

    title: str
    outcome: Outcome
    points: float
    max_points: float
    hidden: bool
    message: str
    manual: float | None = None
    expected: str | None = None
    actual: str | None = None
    help: str | None = None
    hint: str | None = None
    excerpt: VisibleExcerpt | None = None


class VisibleCell(msgspec.Struct, frozen=True, kw_only=True):
    """A code cell that did not run to its end."""

    number: int
    status: str
    error: str
    line: int | None
    excerpt: VisibleExcerpt | None = None


def visible_case(test: TestResult, position: int, config: Config, manual: float | None = None) -> VisibleCase:
    """`test`, the `position`-th case of its question (from 1), without what is for staff."""
    hints = {"all": True, "none": False, "public": not test.hidden}[config.feedback.hints]
    errored, explained = test.outcome is Outcome.ERRORED, test.outcome is Outcome.FAILED and not test.hidden
    return VisibleCase(
        title=f"hidden test {position}" if test.hidden else one_line(test.title or test.case),
        outcome=test.outcome,
        points=test.points,
        max_points=test.max_points,
        hidden=test.hidden,
        manual=manual,
        message=CASE_ERRORED if errored else readable(test.message),
        expected=readable(test.expected) if explained and test.expected else None,
        actual=readable(test.actual) if explained and test.actual else None,
        help=readable(test.help) if explained and test.help else None,
        hint=readable(test.hint) if hints and test.hint and test.outcome is Outcome.FAILED else None,
        excerpt=visible_excerpt(test.excerpt) if explained else None,
    )


def visible_excerpt(excerpt: Excerpt | None) -> VisibleExcerpt | None:
    """An excerpt as it can be shown."""
    if excerpt is None:
        return None
    numbered = enumerate(excerpt.lines, excerpt.first)
    lines = tuple((number, readable(text).replace("\t", "    "), number == excerpt.marked) for number, text in numbered)
    return VisibleExcerpt(cell=excerpt.cell, lines=lines)


def visible_cases(question: QuestionResult, config: Config, manual: Mapping[str, float] | None = None) -> tuple[VisibleCase, ...]:
    """The cases of `question`, in order; `manual` are points of cases that were set by hand."""
    manual = manual or {}
    return tuple(
        visible_case(test, position, config, manual.get(test.case)) for position, test in enumerate(question.tests, start=1)
    )


def visible_cells(result: SubmissionResult) -> tuple[VisibleCell, ...]:
    """The first code cells that did not run to their end, in order."""
    return tuple(map(_visible_cell, _failed_cells(result)[:LISTED]))


def more_cells(result: SubmissionResult) -> int:
    """How many cells `visible_cells` leaves out."""
    return max(0, len(_failed_cells(result)) - LISTED)


def _failed_cells(result: SubmissionResult) -> list[CellResult]:
    return [cell for cell in result.cells if cell.status != "ok"]


def _visible_cell(cell: CellResult) -> VisibleCell:
    status = _CELL_STATUS.get(cell.status, one_line(cell.status))
    return VisibleCell(
        number=cell.number,
        status=status,
        error=readable(cell.error or ""),
        line=cell.line,
        excerpt=visible_excerpt(cell.excerpt),
    )


def cell_texts(result: SubmissionResult) -> tuple[str, ...]:
    """One line for each of the code cells that did not run to their end: which, what happened, and where."""
    more = more_cells(result)
    return (*map(_cell_text, visible_cells(result)), *([f"[{more} more]"] if more else []))


def violation_texts(question: QuestionResult, config: Config) -> tuple[str, ...]:
    """One line for each rule that was broken: what was used, where, and the rule."""
    return listed([_violation_text(violation, config) for violation in question.violations])


def violation_excerpts(question: QuestionResult) -> tuple[VisibleExcerpt | None, ...]:
    """The student's own lines, for each of `violation_texts` that is about some."""
    return tuple(visible_excerpt(violation.excerpt) for violation in question.violations[:LISTED])


def visible_notes(notes: Sequence[str]) -> tuple[str, ...]:
    """The notes on a question or a submission."""
    return listed(tuple(map(readable, notes)))


def _cell_text(cell: VisibleCell) -> str:
    where = f" at line {cell.line}" if cell.line is not None else ""
    return f"Code cell {cell.number} {cell.status}{where}" + (f": {one_line(cell.error)}" if cell.error else "")


def _violation_text(violation: Violation, config: Config) -> str:
    place = "found in your source" if violation.found == "source" else "found while your code ran"
    if violation.cell is not None:
        place = f"code cell {violation.cell}" + (f", line {violation.line}" if violation.line is not None else "")
    titles = {rule.name: rule.title for rule in config.rules}
    reason = violation.message or titles.get(violation.rule, violation.rule)
    return f"{one_line(violation.thing)} ({place}): {one_line(reason, 400)}"
