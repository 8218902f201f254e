"""Shows the public tests of one submission in a terminal: a result in, rich renderables out; nothing here prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from autograder.config import Config
from autograder.desk.blanks import NOT_ATTEMPTED
from autograder.reports.student import (
    CASE_ERRORED,
    SUBMISSION_STATUS,
    VisibleCase,
    VisibleExcerpt,
    violation_texts,
    visible_cases,
    visible_cells,
    visible_notes,
)
from autograder.reports.terminal import MARK
from autograder.reports.text import one_line
from autograder.results import Outcome, QuestionResult, Status, SubmissionResult

_BLANK: Final = ("–", "yellow")
_DIM: Final = "bright_black"
_BLANKS: Final = "ellipsis"
"""In the message of an error that comes of a blank: that is told once, for the whole question."""


def check_report(result: SubmissionResult, config: Config, unfinished: Mapping[str, str]) -> RenderableType:
    """Each question with its public tests; of those that fail, the message. `unfinished`: what is said of blanks left."""
    lines: list[RenderableType] = []
    if SUBMISSION_STATUS[result.status] and result.status is not Status.UNTOUCHED:
        lines.append(Text(SUBMISSION_STATUS[result.status], style="yellow"))
    if result.status in (Status.UNREADABLE, Status.FOREIGN):
        return Group(*lines, *(Text(note, style="yellow") for note in visible_notes(result.notes)))
    width = max((len(question.name) for question in result.questions), default=0)
    for question in result.questions:
        lines += _question(question, config, width, unfinished.get(question.name, ""))
    answers = {number for question in result.questions for number in question.cells}
    for cell in visible_cells(result):
        if cell.number not in answers:
            where = f" at line {cell.line}" if cell.line else ""
            lines.append(Text(f"Code cell {cell.number} {cell.status}{where}: {one_line(cell.error)}", style="yellow"))
            lines += _excerpt(cell.excerpt, 2)
    passed = sum(question.outcome is Outcome.PASSED for question in result.questions)
    style = "green" if passed == len(result.questions) else "bold"
    lines += [
        Text(),
        Text(f"{passed} of {len(result.questions)} questions pass their public tests; grading runs more.", style=style),
    ]
    return Group(*lines)


def _question(question: QuestionResult, config: Config, width: int, unfinished: str) -> Iterator[RenderableType]:
    passed = sum(test.outcome is Outcome.PASSED for test in question.tests)
    mark, style = _BLANK if unfinished else MARK[question.outcome]
    line = Text.assemble((mark, style), f" {one_line(question.name):{width}}  ")
    if passed or not unfinished:
        line.append(f"{passed} of {len(question.tests)}" + ("; " if unfinished else ""))
    yield line.append(unfinished, "yellow")
    for text in violation_texts(question, config):
        yield _indented(text, 4, "yellow")
    for case in visible_cases(question, config):
        told = unfinished == NOT_ATTEMPTED or (unfinished and _BLANKS in case.message)
        if case.outcome is Outcome.ERRORED or (case.outcome is Outcome.FAILED and not told):
            yield from _case(case)


def _case(case: VisibleCase) -> Iterator[RenderableType]:
    mark, style = MARK[case.outcome]
    yield Text.assemble("    ", (mark, style), f" {case.title}")
    for name, text in (("", case.message), ("Expected: ", case.expected), ("Got: ", case.actual), ("Look at: ", case.help)):
        if text and text != CASE_ERRORED:
            yield _indented(f"{name}{text}", 6)
    yield from _excerpt(case.excerpt, 6)


def _excerpt(excerpt: VisibleExcerpt | None, by: int) -> Iterator[RenderableType]:
    for number, text, marked in excerpt.lines if excerpt is not None else ():
        yield _indented(f"{'→' if marked else ' '} {number:3}  {text}", by, "" if marked else _DIM)


def _indented(text: str, by: int, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, by), expand=False)
