"""Takes cells apart that answer several questions and bind a name more than once, so that each question has its own state.

Where students join cells, what one question leaves behind (`x`, `y`, a network) is bound anew by the next one before the cell
ends. Run statement by statement, the cell does the same, and a question is judged right after its own statements.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

import msgspec

from autograder.submissions.align import Alignment
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import MAX_PARSED, parse

MOST = 2000
"""Statements of a cell that is taken apart; a longer one stays whole."""


def take_apart(cells: Sequence[Cell], alignment: Alignment) -> tuple[Cell, ...]:
    """The cells, with a piece for each top-level statement in place of such a cell.

    Pieces have numbers of their own, above all others, and `whole` is the cell's. Errors in them keep the cell's line numbers.
    """
    answers = Counter(number for numbers in alignment.cells.values() for number in numbers)
    number = max((cell.number for cell in cells), default=0)
    made: list[Cell] = []
    for cell in cells:
        pieces = _pieces(cell.source) if answers[cell.number] > 1 else []
        for piece in pieces:
            number += 1
            made.append(msgspec.structs.replace(cell, number=number, source=piece, whole=cell.number))
        if not pieces:
            made.append(cell)
    return tuple(made)


def _pieces(source: str) -> list[str]:
    """Sources of the statements, each with what stands above it; none if the cell need not or cannot be taken apart."""
    if len(source) > MAX_PARSED or source.startswith(("%%", " ", "\t")) or "\r" in source:
        return []
    parsed = parse(source)
    bound = Counter(name for part in parsed.statements for name in outline_cell(ast.unparse(part))[0])
    if parsed.broken or not 1 < len(parsed.statements) <= MOST or max(bound.values(), default=0) < 2:
        return []
    lines = source.split("\n")
    ends = sorted({part.end_lineno or part.lineno for part in parsed.statements})
    cuts = [0, *(end for end in ends[:-1] if not _is_inside(end, parsed.statements))]
    # A comment instead of each line above: IPython would drop empty ones, and count from there.
    return ["#\n" * start + "\n".join(lines[start:end]) for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def _is_inside(line: int, statements: Sequence[ast.stmt]) -> bool:
    """Whether another statement begins on this line or goes on below it: `a = 1; b = (`."""
    return any(part.lineno <= line < (part.end_lineno or part.lineno) for part in statements)
