"""Writes the gradebook: results in, `grades.csv` out, one row per submission and one column per question."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.summary import has_total, question_names
from autograder.reports.text import encodable_name
from autograder.results import Outcome, SubmissionResult

GRADES: Final = "grades.csv"
FIXED_COLUMNS: Final = ("submission", "status", "total")
IDENTITY_COLUMNS: Final = ("students", "sids", "emails", "submitted_at", "late")
"""After the questions, and only in a class of which a platform told whose submissions they are."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def write_gradebook(results: Sequence[SubmissionResult], out: Path, config: Config) -> Path:
    """Write `grades.csv` into `out`."""
    return write_atomically(out / GRADES, render_gradebook(results, config).encode())


def render_gradebook(results: Sequence[SubmissionResult], config: Config) -> str:
    """The gradebook as text, sorted by submission.

    A field is empty where there is nothing to say: a question that a submission was not asked or that the grader could not
    judge, or the total of a submission that it could not judge at all. A partly judged submission has its points so far as
    its total, and `errored` as its status. The students of a group are parted by semicolons.
    """
    questions = question_names(results)
    known = any(result.students or result.submitted_at or result.late is not None for result in results)
    lines: list[str] = []
    # The writer quotes what holds either character of its line ends, which "\n" alone would not.
    write = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerow
    write([*FIXED_COLUMNS, *map(as_text_cell, questions), *(IDENTITY_COLUMNS if known else ())])
    for result in sorted(results, key=lambda result: result.name):
        scores = {q.name: _points(q.score, config) for q in result.questions if q.outcome is not Outcome.ERRORED}
        total = _points(result.score, config) if has_total(result) else ""
        points = (scores.get(question, "") for question in questions)
        identity = map(as_text_cell, _identity(result)) if known else ()
        write([as_text_cell(result.name), result.status.value, total, *points, *identity])
    return "".join(line.removesuffix("\r\n") + "\n" for line in lines)


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
