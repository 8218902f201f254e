"""Which functions and methods an assignment asks for, as its template has them."""

from __future__ import annotations

import ast
from functools import lru_cache

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.submissions.source import parse


def functions_asked(assignment: Assignment, config: Config) -> tuple[str, ...]:
    """Qualified names, sorted, such as "Linear.forward"; what the training question's cells define is left out.

    A test case gives one call of them no more than its own time, so there is no use in waiting longer for it in a cell.
    """
    found = _functions(assignment.template)
    if config.training is None:
        return found
    trains = {name for cell in assignment.outline if cell.question == config.training.question for name in cell.definitions}
    return tuple(name for name in found if name.partition(".")[0] not in trains)


@lru_cache(maxsize=8)
def _functions(cells: tuple[str, ...]) -> tuple[str, ...]:
    found = set()
    for part in (part for source in cells for part in parse(source).statements):
        if isinstance(part, ast.FunctionDef):
            found.add(part.name)
        elif isinstance(part, ast.ClassDef):
            found |= {f"{part.name}.{inner.name}" for inner in part.body if isinstance(inner, ast.FunctionDef)}
    return tuple(sorted(found))
