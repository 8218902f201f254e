"""Which methods an assignment asks for, as its template has them."""

from __future__ import annotations

import ast
from functools import lru_cache

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.submissions.source import parse


def methods_asked(assignment: Assignment, config: Config) -> tuple[str, ...]:
    """Qualified names, sorted, such as "Linear.forward"; those that the training question's cells define are left out.

    A test case gives one call of them no more than its own time, so there is no use in waiting longer for it in a cell.
    """
    training = config.training.question if config.training is not None else None
    trains = {name for cell in assignment.outline if cell.question == training is not None for name in cell.definitions}
    return tuple(name for name in _methods(assignment.template) if name.partition(".")[0] not in trains)


@lru_cache(maxsize=8)
def _methods(cells: tuple[str, ...]) -> tuple[str, ...]:
    classes = [part for source in cells for part in parse(source).statements if isinstance(part, ast.ClassDef)]
    return tuple(
        sorted({f"{one.name}.{part.name}" for one in classes for part in one.body if isinstance(part, ast.FunctionDef)})
    )
