"""Writes the gradebook: results in, `grades.csv` out, one row per submission and one column per question."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.summary import has_total, question_names
from autograder.reports.text import encodable
from autograder.results import SubmissionResult

GRADES: Final = "grades.csv"
FIXED_COLUMNS: Final = ("submission", "status", "total")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def write_gradebook(results: Sequence[SubmissionResult], out: Path, config: Config) -> Path:
    """Write `grades.csv` into `out`."""
    return write_atomically(out / GRADES, render_gradebook(results, config).encode())


def render_gradebook(results: Sequence[SubmissionResult], config: Config) -> str:
    """The gradebook as text, sorted by submission.

    A field is empty where there is nothing to say: a question that a submission was not asked, or the total of one that the
    grader could not judge at all. A partly judged submission has its points so far, and `errored` as its status.
    """
    questions = question_names(results)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FIXED_COLUMNS, *map(as_text_cell, questions)])
    for result in sorted(results, key=lambda result: result.name):
        scores = {question.name: _points(question.score, config) for question in result.questions}
        total = _points(result.score, config) if has_total(result) else ""
        writer.writerow([as_text_cell(result.name), result.status.value, total, *(scores.get(q, "") for q in questions)])
    return text.getvalue()


def as_text_cell(text: str) -> str:
    """`text` as UTF-8 can hold it, and so that no spreadsheet takes it for a formula.

    What begins like a formula gets an apostrophe in front; so does what begins with an apostrophe, which keeps different
    names different.
    """
    text = encodable(text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _points(value: float, config: Config) -> str:
    return f"{value + 0.0:.{config.scoring.decimals}f}"
