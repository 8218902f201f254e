"""Finds names that a question's functions and classes use and that a cell further down binds, as a notebook allows.

    class Linear: ...  torch.zeros(n, device=device)
    device = "cpu"                                      in a later cell, before anything is called

Right after its own cells such a question does not work yet, in Jupyter neither; it works once that cell was run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from autograder.submissions.align import Alignment
from autograder.submissions.modules import Provided, imported
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import free_names, outline_cell
from autograder.submissions.source import parse

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BUILTINS = frozenset(dir(builtins))


def wait_for_names(
    alignment: Alignment, cells: Sequence[Cell], modules: Provided = MappingProxyType({})
) -> tuple[Alignment, tuple[str, ...]]:
    """The alignment with the boundaries of such questions moved down to where their names are bound, and a note on each.

    `cells` stand in the order in which they are run. A boundary is not moved past a cell that binds a name of the question's
    own cells anew: there, another question's state begins.
    """
    place = {cell.number: at for at, cell in enumerate(cells)}
    bound = [_bound(cell, modules) for cell in cells]
    moved: dict[str, int | None] = {}
    notes: list[str] = []
    for question, boundary in alignment.boundaries.items():
        moved[question] = boundary
        if boundary is None:
            continue
        last = place[boundary]
        own = [place[number] for number in alignment.cells_of(question)]
        missing = _needed([cells[at] for at in own]).difference(*bound[: last + 1])
        taken = frozenset[str]().union(*(bound[at] for at in own))
        found: list[str] = []
        for at in range(last + 1, len(cells)):
            if not missing or bound[at] & taken:
                break
            if here := missing & bound[at]:
                moved[question], last = cells[at].number, at
                found += sorted(here)
                missing = (missing | _needed([cells[at]])).difference(*bound[: at + 1])
        if found:
            said = " and ".join(f"`{name}`" for name in found[:3])
            notes.append(
                f"Question {question} was judged as it is after code cell {cells[last].shown}: "
                f"what it defines uses {said}, which {'is' if len(found) == 1 else 'are'} bound only there."
            )
    return Alignment(boundaries=moved, cells=alignment.cells), tuple(notes)


def _bound(cell: Cell, modules: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(outline_cell(cell.source)[0]) | imported(cell.source, modules)


def _needed(cells: Sequence[Cell]) -> set[str]:
    """Global names that functions and methods in these cells read, at the latest when they are called."""
    return {
        name
        for cell in cells
        for statement in parse(cell.source).statements
        if isinstance(statement, _DEFINITIONS)
        for name in free_names(statement)
    } - _BUILTINS
