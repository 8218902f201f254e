"""Shows results in a terminal: results in, rich renderables out; nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from autograder.config import Config
from autograder.reports.attention import needs_attention
from autograder.reports.final import Marks
from autograder.reports.overrides import Problem
from autograder.reports.student import CASE_ERRORED, VisibleCase, cell_texts, violation_texts, visible_cases, visible_notes
from autograder.reports.summary import foremost, has_total, question_names, spread
from autograder.reports.text import number, one_line
from autograder.results import NO_WORK, Outcome, QuestionResult, Status, SubmissionResult, TestResult

_STATUS_STYLE: Final = {Status.GRADED: "", **dict.fromkeys(NO_WORK, "yellow"), Status.ERRORED: "bold red"}
MARK: Final = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "red"), Outcome.ERRORED: ("!", "bold red")}
_NAMES: Final = "submission"
_NAME_WIDTH: Final = 14
"""What is left of a submission's name at least, before scores are shortened to save width."""
MANY: Final = 500
"""Submissions that are shown one by one in a terminal; of more than that, `FOREMOST`, and the class in one line."""
FOREMOST: Final = 30
TOLD: Final = 60
"""Submissions that a terminal names of those that need a person."""


class PointsRow(msgspec.Struct, frozen=True, kw_only=True):
    """One question of an assignment: how many public and hidden cases it has, and what they are worth together."""

    question: str
    public: int
    hidden: int
    points: float


def points_table(rows: Sequence[PointsRow], decimals: int = 2) -> Table:
    """One line a question, and their sum."""
    table = Table(show_footer=True)
    table.add_column("question", Text("total"), overflow="fold")
    for name, amount in (
        ("public", str(sum(row.public for row in rows))),
        ("hidden", str(sum(row.hidden for row in rows))),
        ("points", number(sum(row.points for row in rows), decimals)),
    ):
        table.add_column(name, Text(amount), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(Text(one_line(row.question)), str(row.public), str(row.hidden), number(row.points, decimals))
    return table


def results_table(results: Sequence[SubmissionResult], config: Config, marks: Marks | None = None) -> RenderableType:
    """One row a submission: name, status, total, the final mark where that may be another, a column per question.

    Of more than `MANY` submissions only those that a person wants to see first, and how the class did as a whole.
    The layout is chosen when the width is known, the first that fits: questions by name; questions by number, with the names
    below; the same with whole points, rounded down; no questions.
    """
    marks = marks or Marks(config)
    if len(results) <= MANY:
        return _ResultsTable(results, config, marks)
    counts = {status: sum(result.status is status for result in results) for status in Status}
    said = ", ".join(f"{amount:,} {status.value}" for status, amount in counts.items() if amount)
    totals = spread([marks.of(result).mark or 0.0 for result in results if result.status is Status.GRADED])
    lines = [f"{len(results):,} submissions: {said}"]
    if totals is not None:
        figures = (totals.mean, totals.lowest, totals.lower_quartile, totals.median, totals.upper_quartile, totals.highest)
        mean, *rest = (number(value, config.scoring.decimals) for value in figures)
        lines.append(f"mean {mean}; lowest, quartiles and highest {', '.join(rest)}")
    lines.append(f"The {FOREMOST} to look at first; all of them are in grades.csv.")
    return Group(*map(Text, lines), Text(), _ResultsTable(foremost(results, FOREMOST), config, marks))


class _ResultsTable:
    """The table, as rich asks for it once the width is known."""

    def __init__(self, results: Sequence[SubmissionResult], config: Config, marks: Marks):
        self._results, self._decimals, self._marks = results, config.scoring.decimals, marks
        self._questions = question_names(results)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        named = [Text(one_line(name)) for name in self._questions]
        numbered = [Text(str(position)) for position in range(1, len(named) + 1)]
        legend = Text("  ".join(f"{place}={name}" for place, name in zip(numbered, named, strict=True)), style="dim")
        rounded = Text("Points of questions are rounded down.", style="dim")
        for headings, whole, below in ((named, False, ()), (numbered, False, (legend,)), (numbered, True, (legend, rounded))):
            table = self._table(headings, whole=whole)
            if self._fits(table, console, options):
                yield Group(table, *below) if self._questions else table
                return
        table = self._table([], whole=True)
        self._fits(table, console, options)
        yield table

    def _fits(self, table: Table, console: Console, options: ConsoleOptions) -> bool:
        """Narrow the column of names, and no other, as far as needed; whether enough of it is left."""
        names = max(Text(text).cell_len for text in (_NAMES, *(one_line(result.name) for result in self._results)))
        excess = max(0, Measurement.get(console, options.update(width=10_000), table).maximum - options.max_width)
        least = min(names, _NAME_WIDTH)
        table.columns[0].max_width = max(names - excess, least)
        return names - excess >= least

    def _table(self, headings: Sequence[Text], *, whole: bool) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        table.add_column(_NAMES, overflow="ellipsis", no_wrap=True)
        table.add_column("status", no_wrap=True)
        table.add_column("total", justify="right", no_wrap=True)
        if self._marks.differ:
            table.add_column("final", justify="right", no_wrap=True)
        for heading in headings:
            table.add_column(heading, justify="right", no_wrap=True)
        for result in self._results:
            scores = {question.name: self._score(question, whole=whole) for question in result.questions}
            table.add_row(
                Text(one_line(result.name)),
                Text(result.status.value, style=_STATUS_STYLE[result.status]),
                Text(number(result.score, self._decimals) if has_total(result) else "–"),
                *self._final(result),
                *(scores.get(name, Text("–")) for name in self._questions[: len(headings)]),
            )
        return table

    def _final(self, result: SubmissionResult) -> tuple[Text, ...]:
        if not self._marks.differ:
            return ()
        mark = self._marks.of(result).mark
        return (Text("–" if mark is None else number(mark, self._decimals)),)

    def _score(self, question: QuestionResult, *, whole: bool) -> Text:
        if question.outcome is Outcome.ERRORED:
            return Text("!", style="bold red")
        style = "green" if question.score >= question.max_score else "red" if question.score <= 0 else "yellow"
        return Text(str(int(question.score)) if whole else number(question.score, self._decimals), style=style)


def submission_summary(result: SubmissionResult, config: Config, *, for_staff: bool = False) -> RenderableType:
    """One submission: its total, and each question with the messages of the tests that it did not pass.

    For students unless it is `for_staff`: only then do hidden tests have their titles, and failures their last trace line.
    """
    decimals = config.scoring.decimals
    total = number(result.score, decimals) if has_total(result) else "no score"
    lines = [
        Text.assemble(
            (one_line(result.name), "bold"),
            f": {total} of {number(result.max_score, decimals)} points",
            (f"  {result.status.value}" if result.status is not Status.GRADED else "", _STATUS_STYLE[result.status]),
        )
    ]
    lines += [_indented(note, 2, "yellow") for note in visible_notes(result.notes)]
    lines += [_indented(text, 2, "yellow") for text in cell_texts(result)]
    for question in result.questions:
        lines += _question_lines(question, config, for_staff=for_staff)
    return Group(*lines)


def _question_lines(question: QuestionResult, config: Config, *, for_staff: bool) -> Iterator[Text]:
    decimals, (mark, style) = config.scoring.decimals, MARK[question.outcome]
    score = f"{number(question.score, decimals)}/{number(question.max_score, decimals)}"
    yield Text.assemble((mark, style), f" {one_line(question.name)}  {score}")
    for text in (*violation_texts(question, config), *visible_notes(question.notes)):
        yield _indented(text, 2, "yellow")
    for test, case in zip(question.tests, visible_cases(question, config), strict=True):
        if case.outcome is not Outcome.PASSED:
            yield from _case_lines(test, case, for_staff=for_staff)


def _case_lines(test: TestResult, case: VisibleCase, *, for_staff: bool) -> Iterator[Text]:
    mark, style = MARK[case.outcome]
    hidden = " (hidden)" if case.hidden and for_staff else ""
    title = one_line(test.title or test.case) if for_staff else case.title
    yield Text.assemble("  ", (mark, style), f" {title}{hidden}")
    parts = (("Expected: ", case.expected), ("Actual: ", case.actual), ("Help: ", case.help), ("Hint: ", case.hint))
    for name, text in (("", case.message), *parts):
        if text and not (for_staff and text == CASE_ERRORED):
            yield _indented(f"{name}{text}", 4)
    trace = [line for line in (test.detail or "").splitlines() if line.strip()]
    if for_staff and trace and (case.hidden or case.outcome is Outcome.ERRORED):
        yield _indented(one_line(trace[-1], 400), 4, "dim")


def _indented(text: str, by: int, style: str = "") -> Text:
    return Text("\n".join(" " * by + line for line in text.split("\n")), style=style)


def attention(results: Iterable[SubmissionResult]) -> tuple[Text, ...]:
    """One line for each of the first submissions that staff must look at: its name, its status and the reason."""
    found = needs_attention(results)
    lines = [
        Text.assemble((one_line(one.name), "bold"), ": ", (one.status.value, _STATUS_STYLE[one.status]), f": {one.reason}")
        for one in found[:TOLD]
    ]
    more = [Text(f"... and {len(found) - TOLD:,} more; their status is in grades.csv")] if len(found) > TOLD else []
    return (*lines, *more)


def mark_problems(found: Sequence[Problem]) -> tuple[Text, ...]:
    """One line for each of the first things about marks that staff must look at."""
    lines = [
        Text.assemble((f"{one_line(one.submission)}: " if one.submission else "", "bold"), one_line(one.text, 600))
        for one in found[:TOLD]
    ]
    more = [Text(f"... and {len(found) - TOLD:,} more; they are in report.html")] if len(found) > TOLD else []
    return (*lines, *more)
