"""Mishaps with the order in which cells ran: it is not the order in which they stand, and only the saved counts tell."""

from __future__ import annotations

from tests.soak.mishaps.attempts import _wrong
from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.surroundings import set_up
from tests.soak.mishaps.work import Piece, Work


def _count(work: Work, pick: Pick) -> None:
    """Give every code cell the count of a notebook that was run from top to bottom, with gaps."""
    if work.counted:
        return
    count = pick.number(0, 40)
    for cell in work.cells:
        if cell.kind == "code" and cell.text.strip():
            count += 1 + (pick.number(0, 3) if cell.questions else 0)
            cell.count = count


@mishap("order", alone="counts")
def counts_in_order(work: Work, pick: Pick) -> None:
    """Cells have the execution counts of one run from top to bottom."""
    _count(work, pick)


@mishap("order", alone="counts")
def counts_are_noise(work: Work, pick: Pick) -> None:
    """Some cells were run again later: their counts are larger, though the notebook runs from top to bottom."""
    _count(work, pick)
    highest = max(cell.count or 0 for cell in work.cells)
    for _ in range(pick.number(1, 4)):
        highest += 1
        pick.of([cell for cell in work.cells if cell.count is not None]).count = highest


@mishap("order", alone="counts")
def some_counts_missing(work: Work, pick: Pick) -> None:
    """Some cells have no counts, as those that were changed after they ran."""
    _count(work, pick)
    for _ in range(pick.number(1, 8)):
        pick.of([cell for cell in work.cells if cell.kind == "code"]).count = None


@mishap("order", alone="counts")
def definition_far_below(work: Work, pick: Pick) -> None:
    """A definition stands below the cells that use it; it was run before them."""
    _count(work, pick)
    cell = pick.of([cell for cell in work.defining() if cell.count is not None])
    _move(work, cell, pick.number(work.at(cell) + 1, len(work.cells)))


@mishap("order", alone="counts")
def imports_at_the_end(work: Work, pick: Pick) -> None:
    """The cell with the imports stands last; it was run first."""
    _count(work, pick)
    cell = set_up(work)
    if cell.count is None:
        raise Unfit
    _move(work, cell, len(work.cells))


@mishap("order", alone="counts")
def cells_shuffled(work: Work, pick: Pick) -> None:
    """Several cells stand anywhere; only their counts tell when they were run."""
    _count(work, pick)
    for _ in range(pick.number(2, 6)):
        cell = pick.of([cell for cell in work.answers() if cell.count is not None])
        _move(work, cell, pick.number(0, len(work.cells)))


@mishap("order", alone="counts")
def wrong_below_ran_earlier(work: Work, pick: Pick) -> None:
    """A wrong attempt at a definition stands below the right one, and was run before it."""
    _count(work, pick)
    cells = [cell for cell in work.defining() if cell.count and _wrong(cell.text) != cell.text]
    cell = pick.of(cells)
    for other in work.cells:
        if other.count is not None and other.count >= (cell.count or 0) and other is not cell:
            other.count += 1
    work.cells.insert(pick.number(work.at(cell) + 1, len(work.cells)), Piece(_wrong(cell.text), count=cell.count))
    cell.count = (cell.count or 0) + 1
    work.counted = True


def _move(work: Work, cell: Piece, to: int) -> None:
    at = work.at(cell)
    work.cells.insert(to, cell)
    del work.cells[at + (to <= at)]
    work.counted = True
