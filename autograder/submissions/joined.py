"""Takes cells apart that answer several questions and bind a name more than once, so that each question has its own state.

Where students join cells, what one question leaves behind (`x`, `y`, a network) is bound anew by the next one before the cell
ends. Run in pieces, the cell does the same, and a question is judged before that happens.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from autograder.submissions.align import Alignment
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import MAX_PARSED, parse

MOST = 2000
"""Statements of a cell that is taken apart; a longer one stays whole."""


def take_apart(cells: Sequence[Cell], alignment: Alignment) -> tuple[Cell, ...]:
    """The cells, with pieces in place of such a cell: each begins with a statement that binds a name anew.

    Pieces have numbers of their own, above all others, and `whole` is the cell's. Errors in them keep the cell's line numbers.
    """
    answers = Counter(number for numbers in alignment.cells.values() for number in numbers)
    number = max((cell.number for cell in cells), default=0)
    made: list[Cell] = []
    bound: set[str] = set()
    for cell in cells:
        pieces = _pieces(cell.source, bound) if answers[cell.number] > 1 else []
        for piece in pieces:
            number += 1
            made.append(msgspec.structs.replace(cell, number=number, source=piece, whole=cell.number))
        if not pieces:
            made.append(cell)
        bound |= set(outline_cell(cell.source)[0])
    return tuple(made)


def _pieces(source: str, above: Collection[str]) -> list[str]:
    """Sources of the pieces, each with what stands above it; none if the cell need not or cannot be taken apart.

    `above`: names that cells above bind.
    """
    if len(source) > MAX_PARSED or source.startswith(("%%", " ", "\t")) or "\r" in source:
        return []
    parsed = parse(source)
    if parsed.broken or len(parsed.statements) > MOST:
        return []
    bound = set(above)
    cuts, end = [0], 0
    for part in parsed.statements:
        names = set(outline_cell(ast.unparse(part))[0])
        if names & bound and end and not _is_inside(end, parsed.statements):
            cuts.append(end)
        bound |= names
        end = part.end_lineno or part.lineno
    if len(cuts) == 1:
        return []
    lines = source.split("\n")
    # A comment instead of each line above: IPython would drop empty ones, and count from there.
    return ["#\n" * start + "\n".join(lines[start:end]) for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def _is_inside(line: int, statements: Sequence[ast.stmt]) -> bool:
    """Whether another statement begins on this line or goes on below it: `a = 1; b = (`."""
    return any(part.lineno <= line < (part.end_lineno or part.lineno) for part in statements)
