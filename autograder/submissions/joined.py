"""Takes cells apart that answer several questions and bind a name more than once, so that each question has its own state.

Where students join cells, what one question leaves behind (`x`, `y`, a network) is bound anew by the next one before the cell
ends. Run in pieces, the cell does the same, and a question is judged before that happens.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import msgspec

from autograder.assignment import CellOutline
from autograder.submissions.align import Alignment, align
from autograder.submissions.modules import Provided
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import MAX_PARSED, parse

_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
MOST = 2000
"""Statements of a cell that is taken apart; a longer one stays whole."""


def take_apart(
    outline: Sequence[CellOutline],
    cells: Sequence[Cell],
    alignment: Alignment,
    renamed: Mapping[str, str] | None = None,
    modules: Provided = MappingProxyType({}),
) -> tuple[tuple[Cell, ...], Alignment]:
    """The cells, with pieces in place of such a cell: each begins with a statement that binds a name anew, or with the first of
    some definitions. And the alignment,
    with a question's own pieces in place of the cell: none if it has other cells and no piece is like it, all if it has no other.

    Pieces have numbers of their own, above all others, and `whole` is the cell's. Errors in them keep the cell's line numbers.
    """
    number = max((cell.number for cell in cells), default=0)
    made: list[Cell] = []
    bound: set[str] = set()
    answers = dict(alignment.cells)
    for cell in cells:
        questions = {question for question, numbers in answers.items() if cell.number in numbers}
        sources = _pieces(cell.source, bound) if len(questions) > 1 else []
        pieces = [
            msgspec.structs.replace(cell, number=number + at, source=source, whole=cell.number)
            for at, source in enumerate(sources, 1)
        ]
        if pieces:
            inside = align([row for row in outline if row.question in {*questions, None}], pieces, renamed, modules)
            every = tuple(piece.number for piece in pieces)
            for question in questions:
                own = inside.cells_of(question) or (every if answers[question] == (cell.number,) else ())
                at = answers[question].index(cell.number)
                answers[question] = (*answers[question][:at], *own, *answers[question][at + 1 :])
        number += len(pieces)
        made += pieces or [cell]
        bound |= set(outline_cell(cell.source)[0])
    boundaries = {question: numbers[-1] if numbers else None for question, numbers in answers.items()}
    return tuple(made), Alignment(boundaries=boundaries, cells=answers)


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
    anew, defined, end, before = [0], [0], 0, True
    for part in parsed.statements:
        names, defines = set(outline_cell(ast.unparse(part))[0]), isinstance(part, _DEFINITIONS)
        if end and not _is_inside(end, parsed.statements):
            if names & bound:
                anew.append(end)
            if defines and not before:
                defined.append(end)
        bound |= names
        end, before = part.end_lineno or part.lineno, defines
    if len(anew) == 1:
        return []
    cuts = sorted({*anew, *defined})
    lines = source.split("\n")
    # A comment instead of each line above: IPython would drop empty ones, and count from there.
    return ["#\n" * start + "\n".join(lines[start:end]) for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def _is_inside(line: int, statements: Sequence[ast.stmt]) -> bool:
    """Whether another statement begins on this line or goes on below it: `a = 1; b = (`."""
    return any(part.lineno <= line < (part.end_lineno or part.lineno) for part in statements)
