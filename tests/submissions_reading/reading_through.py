"""Takes a file through all that happens to it before its code runs: read, aligned with the assignment, held against its rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from autograder.assignment import Assignment, CellOutline
from autograder.config import Config
from autograder.config_file import read_config
from autograder.grading.attempt import Plan
from autograder.submissions import Found, digest_of, read_file, read_submission
from autograder.submissions.order import saved_order
from autograder.submissions.outline import outline_cell
from autograder.submissions.standing import is_foreign
from tests.samples import ROOT, SOLUTION


@cache
def outline() -> tuple[CellOutline, ...]:
    """Of the solution."""
    read = (outline_cell(cell.source) for cell in read_file(SOLUTION).cells)
    return tuple(CellOutline(question=f"q{n}", binds=b, definitions=d, uses=u) for n, (b, d, u) in enumerate(read))


@cache
def _config() -> Config:
    return read_config(ROOT / "grading_config.yaml")


@cache
def _assignment() -> Assignment:
    return Assignment(
        name="", title="", questions=(), outline=outline(), complete=tuple(cell.source for cell in read_file(SOLUTION).cells),
        template=(), solution_digest="", versions={},
    )  # fmt: skip


def read_through(path: Path) -> str:
    """How it ended: "read" or "read with notes". Raises SubmissionError if it is refused."""
    found = Found(path.stem, str(path))
    notebook = read_submission(found, outline())
    plan = Plan.of(_assignment(), _config(), saved_order(notebook.cells) or notebook.cells)
    is_foreign(_assignment(), notebook.cells, plan.alignment)
    assert digest_of(found) == notebook.digest
    numbers = {cell.number for cell in plan.cells}
    assert all(number is None or number in numbers for number in plan.alignment.boundaries.values())
    assert {cell.shown for cell in plan.cells} == {cell.number for cell in notebook.cells}
    assert all("\n" not in note and len(note) < 2000 for note in notebook.notes)
    return "read with notes" if notebook.notes else "read"
