"""Tells in which order a notebook's cells were run when it was saved, if that is another one than they stand in."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell


def saved_order(cells: Sequence[Cell]) -> tuple[Cell, ...] | None:
    """The cells in the order of their saved execution counts; None if that is the notebook's own, or if no counts tell.

    A cell without a count keeps its place behind the one above it. Counts that occur twice are from several sessions and tell
    nothing.
    """
    counts = [cell.execution_count for cell in cells if cell.execution_count]
    if len(counts) < 2 or len(set(counts)) < len(counts):
        return None
    last, keys = 0, []
    for cell in cells:
        last = cell.execution_count or last
        keys.append(last)
    ordered = tuple(cells[at] for at in sorted(range(len(cells)), key=lambda at: keys[at]))
    return ordered if [cell.number for cell in ordered] != [cell.number for cell in cells] else None


def other_definitions(cells: Sequence[Cell], others: Sequence[Cell]) -> frozenset[str]:
    """Names of classes and functions that cells define in another order in the second: other definitions may be left in the end.

    Not the last one alone: a class may be defined bit by bit, each from its own former self.
    """
    first, second = _definers(cells), _definers(others)
    return frozenset(name for name, numbers in first.items() if second[name] != numbers)


def _definers(cells: Sequence[Cell]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for cell in cells:
        for name in outline_cell(cell.source)[1]:
            found.setdefault(name, []).append(cell.number)
    return found
