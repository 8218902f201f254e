"""Writes the gradebook: results in, `grades.csv` out, one row per submission and one column per question."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.final import FinalMark, Marks, override_text
from autograder.reports.summary import has_total, question_names
from autograder.reports.text import encodable_name
from autograder.results import Outcome, SubmissionResult

GRADES: Final = "grades.csv"
FIXED_COLUMNS: Final = ("submission", "status", "total")
IDENTITY_COLUMNS: Final = ("students", "sids", "emails", "submitted_at", "late")
"""After the questions, and only in a class of which a platform told whose submissions they are."""
FINAL_COLUMNS: Final = ("manual_total", "days_late", "deduction", "final", "set_by_hand")
"""After the total, and only where lateness is looked at or something is set by hand: the total and the questions stay raw."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def write_gradebook(results: Sequence[SubmissionResult], out: Path, config: Config, marks: Marks | None = None) -> Path:
    """Write `grades.csv` into `out`."""
    return write_atomically(out / GRADES, render_gradebook(results, config, marks).encode())


def render_gradebook(results: Sequence[SubmissionResult], config: Config, marks: Marks | None = None) -> str:
    """The gradebook as text, sorted by submission.

    A field is empty where there is nothing to say: a question that a submission was not asked or that the grader could not
    judge, or the total of a submission that it could not judge at all. A partly judged submission has its points so far as
    its total, and `errored` as its status. The students of a group are parted by semicolons.
    """
    questions = question_names(results)
    marks = marks or Marks(config)
    known = any(result.students or result.submitted_at or result.late is not None for result in results)
    added = FINAL_COLUMNS if marks.differ else ()
    rows = [[*FIXED_COLUMNS, *added, *map(as_text_cell, questions), *(IDENTITY_COLUMNS if known else ())]]
    for result in sorted(results, key=lambda result: result.name):
        scores = {q.name: _points(q.score, config) for q in result.questions if q.outcome is not Outcome.ERRORED}
        total = _points(result.score, config) if has_total(result) else ""
        points = (scores.get(question, "") for question in questions)
        final = _final(marks.of(result), config) if marks.differ else ()
        identity = map(as_text_cell, _identity(result)) if known else ()
        rows.append([as_text_cell(result.name), result.status.value, total, *final, *points, *identity])
    return as_csv(rows)


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as the text of a file, each field quoted that needs it."""
    lines: list[str] = []
    # The writer quotes what holds either character of its line ends, which "\n" alone would not.
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerows(rows)
    return "".join(line.removesuffix("\r\n") + "\n" for line in lines)


def _final(final: FinalMark, config: Config) -> tuple[str, ...]:
    days = "" if final.days_late is None else str(final.days_late)
    manual, mark = ("" if value is None else _points(value, config) for value in (final.manual, final.mark))
    cost = _points(final.deduction, config) if final.days_late is not None else ""
    return manual, days, cost, mark, as_text_cell(override_text(final, config))


def _identity(result: SubmissionResult) -> tuple[str, ...]:
    late = {None: "", True: "yes", False: "no"}[result.late]
    columns = [[getattr(student, field) for student in result.students] for field in ("name", "sid", "email")]
    return (*("; ".join(column).strip("; ") for column in columns), result.submitted_at, late)


def as_text_cell(text: str) -> str:
    """`text` as UTF-8 can hold it, and so that no spreadsheet takes it for a formula.

    What begins like a formula gets an apostrophe in front; so does what begins with an apostrophe, which keeps different
    names different.
    """
    text = encodable_name(text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _points(value: float, config: Config) -> str:
    return f"{value + 0.0:.{config.scoring.decimals}f}"
