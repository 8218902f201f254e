"""Saved execution counts tell in which order cells were run, or nothing."""

from __future__ import annotations

import pytest

from autograder.submissions import Cell
from autograder.submissions.order import other_definitions, saved_order


def cells(*counts: int | None) -> list[Cell]:
    """Cells with these execution counts."""
    return [Cell(number=n, index=n, source="", execution_count=count) for n, count in enumerate(counts, 1)]


@pytest.mark.parametrize(
    ("counts", "order"),
    [
        ((3, 1, 2), [2, 3, 1]),
        ((5, None, 2, 9), [3, 1, 2, 4]),
        ((None, 2, 1), [1, 3, 2]),
        ((1, 2, 3), None),
        ((4, 7, None), None),
        ((2, 2, 1), None),
        ((7,), None),
        ((None, None), None),
        ((), None),
    ],
)
def test_counts_tell_the_order(counts: tuple[int | None, ...], order: list[int] | None) -> None:
    """A cell without one stays behind the cell above it; equal ones are from several sessions, and are not to be relied on."""
    found = saved_order(cells(*counts))
    assert (found and [cell.number for cell in found]) == order


def test_orders_that_leave_other_definitions_behind_are_told() -> None:
    """Only names that are defined more than once can differ, and only if their definitions change places."""
    first, second, other = (
        Cell(number=n, index=n, source=source) for n, source in enumerate(["class A: pass", "class A: pass", "class B: pass"], 1)
    )
    assert other_definitions([first, second, other], [second, first, other]) == {"A"}
    assert other_definitions([first, second, other], [other, first, second]) == frozenset()
    third = Cell(number=4, index=4, source="class A(A): pass")
    assert other_definitions([first, second, third], [second, first, third]) == {"A"}
