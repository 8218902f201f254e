"""Tells a submission from what is none: the template as it was handed out, or the notebook of something else."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.assignment import Assignment
from autograder.submissions.align import Alignment
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell

FEW = 0.2
"""Share of the questions that a notebook of another assignment may seem to answer: common names are in many notebooks."""


def is_untouched(assignment: Assignment, cells: Sequence[Cell]) -> bool:
    """Whether every code cell is one of the template's, apart from white space: nothing was filled in."""
    given = {_bare(source) for source in assignment.template}
    return bool(given) and all(_bare(cell.source) in given for cell in cells if cell.source.strip())


def is_foreign(assignment: Assignment, cells: Sequence[Cell], alignment: Alignment) -> bool:
    """Whether hardly a question is answered, and nothing that the assignment asks to be defined is."""
    asked = {name for cell in assignment.outline if cell.question is not None for name in cell.definitions}
    if any(asked.intersection(outline_cell(cell.source)[1]) for cell in cells):
        return False
    answered = sum(boundary is not None for boundary in alignment.boundaries.values())
    return answered <= FEW * len(assignment.questions)


def _bare(source: str) -> str:
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())
