"""Says whose marks a regrade changes and why: an old and a new result in, what differs out, as a table and as `changes.csv`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.table import Table
from rich.text import Text

from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.gradebook import as_text_cell
from autograder.reports.store import CHANGES
from autograder.reports.text import number, one_line
from autograder.results import Outcome, SubmissionResult, TestResult

EPSILON: Final = 0.005
"""Half of a hundredth of a point: what is closer is the same mark."""
TOTAL: Final = "total"
STATUS: Final = "status"
_SHOWN: Final = 60
"""Rows of the table in a terminal; more are summed up by test case, and all of them are in the file."""
_COLUMNS: Final = ("submission", "question", "case", "old", "new", "why")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One mark that is another one now.

    Attributes:
        question: its name, or "total" or "status" of the whole submission.
        case: the test case; empty for the whole submission.
        old, new: points; None where there is no such test, or where a status is meant.
        why: one line for staff.
    """

    submission: str
    question: str
    case: str
    old: float | None
    new: float | None
    why: str


def changes(old: SubmissionResult, new: SubmissionResult) -> tuple[Change, ...]:
    """The marks that differ: a line for the status and the total if they do, then one for each test case."""
    found = []
    if old.status is not new.status:
        found.append(_change(new, STATUS, "", None, None, f"was {old.status.value}, is {new.status.value} {_note(new)}".rstrip()))
    if abs(old.score - new.score) >= EPSILON:
        found.append(_change(new, TOTAL, "", old.score, new.score, ""))
    before, after = _tests(old), _tests(new)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        points = was.points if was else None, now.points if now else None
        if points[0] is None or points[1] is None or abs(points[0] - points[1]) >= EPSILON:
            found.append(_change(new, *key, *points, _why(was, now)))
    return tuple(found)


def _change(result: SubmissionResult, question: str, case: str, old: float | None, new: float | None, why: str) -> Change:
    return Change(submission=result.name, question=question, case=case, old=old, new=new, why=one_line(why, 300))


def _tests(result: SubmissionResult) -> dict[tuple[str, str], TestResult]:
    return {(question.name, test.case): test for question in result.questions for test in question.tests}


def _why(was: TestResult | None, now: TestResult | None) -> str:
    if now is None:
        return "there is no such test any more"
    if was is None:
        return f"a new test: {_verdict(now)}"
    if was.outcome is now.outcome and was.max_points != now.max_points:
        return f"worth {now.max_points:g}, was {was.max_points:g}"
    return _verdict(now) if now.outcome is not Outcome.PASSED else f"passes now; it had {_verdict(was)}"


def _verdict(test: TestResult) -> str:
    if test.outcome is Outcome.PASSED:
        return "passed"
    last = next((line for line in reversed((test.detail or "").splitlines()) if line.strip()), "")
    told = last if test.outcome is Outcome.ERRORED and last else test.message or test.actual or last
    return f"{test.outcome.value}: {told}" if told else test.outcome.value


def _note(result: SubmissionResult) -> str:
    return f"({result.notes[0]})" if result.notes else ""


def write_changes(found: Sequence[Change], out: Path, config: Config) -> Path:
    """Write `changes.csv` into `out`."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found:
        points = ("" if value is None else f"{value + 0.0:.{config.scoring.decimals}f}" for value in (one.old, one.new))
        writer.writerow([*map(as_text_cell, (one.submission, one.question, one.case)), *points, as_text_cell(one.why)])
    return write_atomically(out / CHANGES, target.getvalue().encode(), lasting=True)


def changes_table(found: Sequence[Change], config: Config) -> Table:
    """One row a change; where there are too many for a terminal, one a test case, with how many gain and how many lose."""
    decimals = config.scoring.decimals
    if len(found) > _SHOWN:
        return _summed_up(found)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in ("submission", "test case"):
        table.add_column(name, overflow="fold")
    for name in ("old", "new"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in found:
        old, new = ("–" if value is None else number(value, decimals) for value in (one.old, one.new))
        table.add_row(Text(one_line(one.submission)), Text(_place(one)), old, new, Text(one.why))
    return table


def _place(one: Change) -> str:
    return one_line(f"{one.question}/{one.case}" if one.case else one.question)


def _summed_up(found: Sequence[Change]) -> Table:
    more, less, examples = Counter[str](), Counter[str](), dict[str, Change]()
    for one in found:
        place = _place(one)
        examples.setdefault(place, one)
        (more if (one.new or 0.0) >= (one.old or 0.0) else less)[place] += 1
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("test case", overflow="fold")
    table.add_column("gain", justify="right", no_wrap=True)
    table.add_column("lose", justify="right", no_wrap=True)
    table.add_column("for example", overflow="fold")
    for place, one in examples.items():
        example = f"{one_line(one.submission)}: {one.why}".rstrip(": ")
        table.add_row(Text(place), str(more[place]), str(less[place]), Text(example))
    return table
