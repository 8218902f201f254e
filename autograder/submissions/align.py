"""Finds the submission's cells that answer each question, by the names they bind, define and use; never by index or id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from types import MappingProxyType

import msgspec

from autograder.assignment import CellOutline
from autograder.submissions.modules import Provided, imported
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import extended_classes, filled_names, outline_cell

ENOUGH = 0.25
"""Share of an outline cell's weight that a submitted cell, or several together, must have in common with it to match it."""


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """Which cells answer which question.

    Attributes:
        boundaries: question to the number of its last code cell, None if nothing answers it.
        cells: question to the numbers of its cells, in the order in which they are run.
    """

    boundaries: dict[str, int | None]
    cells: dict[str, tuple[int, ...]]

    def cells_of(self, question: str) -> tuple[int, ...]:
        """Numbers of the question's cells; empty if it has none."""
        return self.cells.get(question, ())


def align(
    outline: Sequence[CellOutline],
    cells: Sequence[Cell],
    renamed: Mapping[str, str] | None = None,
    modules: Provided = MappingProxyType({}),
) -> Alignment:
    """Match the solution's cells with the submission's, in order; then let a class's last definition win.

    `cells` stand in the order in which they are run; `renamed` has the assignment's names for those that students gave;
    what is imported from `modules` of the student's own counts as defined where it is imported.

    The order-preserving match maximises the shared weight of names, where a rare name weighs more (-log of the share of
    outline cells that have it). Several outline cells may share one submitted cell, and the reverse. Small pieces that an
    outline cell was cut into need not be alike to it one by one: those behind its match count if they bind what is missing.
    A class is complete once the last of its methods has been assigned to it.
    """
    wanted = [_names(cell.binds, cell.definitions, cell.uses) for cell in outline]
    read = [_read(cell.source, renamed or {}, modules) for cell in cells]
    given = [_names(*names) for names in read]
    weight = _weights(wanted)
    similar = [[_shared(want, have, weight) for have in given] for want in wanted]
    found: list[set[int]] = [set() for _ in outline]
    defined = {name for names in read for name in names[1]}
    matched = _matches(similar, [row for row, cell in enumerate(outline) if set(cell.definitions) & defined])
    matched = _without_borrowed(matched, similar, wanted, given, weight)
    for row, cell in enumerate(outline):
        if cell.question is not None:
            columns = [column for at, column in matched if at == row]
            pieces = _pieces(row, columns, matched, wanted, given)
            if columns or _shared(wanted[row], frozenset().union(*(given[piece] for piece in pieces)), weight) >= ENOUGH:
                found[row] = {cells[column].number for column in (*columns, *pieces)}
    extended = [{(renamed or {}).get(name, name) for name in extended_classes(cell.source)} for cell in cells]
    for row, cell in enumerate(outline):
        if cell.question is None or not cell.definitions:
            continue
        own = set(cell.definitions)
        if any(own & set(names[1]) for names in read):
            both = zip(cells, read, extended, strict=True)
            found[row] = {c.number for c, names, more in both if own & (set(names[1]) | more)}
    place = {cell.number: at for at, cell in enumerate(cells)}
    answers: dict[str, set[int]] = {}
    for cell, numbers in zip(outline, found, strict=True):
        if cell.question is not None:
            answers.setdefault(cell.question, set()).update(numbers)
    ordered = {question: tuple(sorted(numbers, key=place.__getitem__)) for question, numbers in answers.items()}
    return Alignment(
        boundaries={question: numbers[-1] if numbers else None for question, numbers in ordered.items()}, cells=ordered
    )


def _read(source: str, renamed: Mapping[str, str], modules: Provided) -> tuple[tuple[str, ...], ...]:
    """`outline_cell`, with the assignment's names; what a blank leaves as the template has it is not bound."""
    _, definitions, uses = outline_cell(source)
    more = imported(source, modules)
    found = ({*filled_names(source), *more}, {*definitions, *more}, uses)
    return tuple(tuple(renamed.get(name, name) for name in sorted(names)) for names in found)


def share(outline: Sequence[CellOutline], cells: Sequence[Cell]) -> float:
    """How much of the assignment is in these cells, 0 to 1: the share of the outline's weight of names that they have too."""
    wanted = [_names(cell.binds, cell.definitions, cell.uses) for cell in outline]
    weight = _weights(wanted)
    given = [_names(*outline_cell(cell.source)) for cell in cells]
    return _shared(frozenset().union(*wanted), frozenset().union(*given), weight)


def _without_borrowed(
    matched: list[tuple[int, int]],
    similar: list[list[float]],
    wanted: list[frozenset[str]],
    given: list[frozenset[str]],
    weight: dict[str, float],
) -> list[tuple[int, int]]:
    """The matches without those of a cell that another outline cell fits better, where pieces elsewhere fit this one better.

    What was cut into pieces looks less like itself than like a whole cell of its kind, and would hold all between the two away.
    """
    kept = list(matched)
    for row, column in matched:
        better = any(other == column and similar[at][other] > similar[row][column] for at, other in kept if at != row)
        if better:
            others = [(at, other) for at, other in kept if at != row]
            pieces = _pieces(row, [], others, wanted, given)
            if _shared(wanted[row], frozenset().union(*(given[piece] for piece in pieces)), weight) > similar[row][column]:
                kept.remove((row, column))
    return kept


def _pieces(
    row: int, columns: list[int], matched: list[tuple[int, int]], wanted: list[frozenset[str]], given: list[frozenset[str]]
) -> list[int]:
    """Cells between the match of the outline cell above and that of the next which bind or set what is missing of this one.

    Or that may bind it under another name: one that the assignment does not know, made from what this outline cell's match binds.
    What a cell binds that others match too counts only if no cell matches this one alone: it may be theirs.
    """
    shared = {column for at, column in matched if at != row}
    start = max((column for at, column in matched if at < row), default=-1) + 1
    end = min((column for at, column in matched if at > row), default=len(given))
    own = frozenset[str]().union(*(given[column] for column in (set(columns) - shared or columns)))
    missing = {name for name in wanted[row] if name.startswith("=") or "." in name} - own
    known = frozenset[str]().union(*wanted)
    pieces = []
    for column in range(start, end):
        names = given[column]
        new = any(name.startswith("=") and name not in known for name in names)
        renames = new and any(name.startswith("=") for name in missing) and any(f"={name}" in own for name in names)
        if column not in columns and (missing & names or renames):
            pieces.append(column)
            missing, own = missing - names, own | names
    return pieces


def _names(binds: Sequence[str], definitions: Sequence[str], uses: Sequence[str]) -> frozenset[str]:
    """Marked by their role, so that binding `net` and using it are two things."""
    return frozenset([*(f"={name}" for name in binds), *(f"def {name}" for name in definitions), *uses])


def _weights(wanted: Sequence[frozenset[str]]) -> dict[str, float]:
    frequency = Counter(name for names in wanted for name in names)
    return {name: 0.1 + log((1 + len(wanted)) / count) for name, count in frequency.items()}


def _shared(want: frozenset[str], have: frozenset[str], weight: dict[str, float]) -> float:
    total = sum(weight[name] for name in want)
    return sum(weight[name] for name in want & have) / total if total else 0.0


def _matches(similar: list[list[float]], known: Sequence[int]) -> list[tuple[int, int]]:
    """Rows and columns that match.

    `known`: rows that are found without a match. They hold the others in place, unless fewer of these match by it: all classes
    may stand at the top.
    """

    def found(table: list[list[float]]) -> list[tuple[int, int]]:
        return [(row, column) for row, column in _path(table) if table[row][column] >= ENOUGH]

    held = found(similar)
    others = {row for row, column in held}.difference(known)
    if len(others) == len(similar) - len(known):
        return held
    free = found([[0.0] * len(row) if at in known else row for at, row in enumerate(similar)])
    return free if len({row for row, column in free}) > len(others) else held


def _path(similar: list[list[float]]) -> list[tuple[int, int]]:
    """The monotone path through the table with the largest sum over its matches, as in dynamic time warping.

    A match below `ENOUGH` adds nothing, so a cell without a counterpart is passed by.
    """
    rows, columns = len(similar), len(similar[0]) if similar else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            gain = _gain(similar, row, column)
            # A pair may follow one of the same row or column: one cell was split, or two were merged.
            best[row][column] = max(
                best[row - 1][column], best[row][column - 1],
                gain + max(best[row - 1][column - 1], best[row - 1][column], best[row][column - 1] if gain else 0.0),
            )  # fmt: skip
    path, row, column = [], rows, columns
    while row and column:
        gain, value = _gain(similar, row, column), best[row][column]
        if gain:
            for step in ((1, 1), (1, 0), (0, 1)):
                if abs(value - gain - best[row - step[0]][column - step[1]]) < 1e-12:
                    path.append((row - 1, column - 1))
                    row, column = row - step[0], column - step[1]
                    break
            else:
                row, column = (row - 1, column) if value == best[row - 1][column] else (row, column - 1)
        else:
            row, column = (row - 1, column) if value == best[row - 1][column] else (row, column - 1)
    return path[::-1]


def _gain(similar: list[list[float]], row: int, column: int) -> float:
    value = similar[row - 1][column - 1]
    return value if value >= ENOUGH else 0.0
