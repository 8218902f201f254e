"""Rewrites numbers such as `epochs = 10` in a cell's source, so that a long training loop becomes a short one."""

from __future__ import annotations

import ast
import re

from autograder.submissions.source import PARSE_ERRORS, plain

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
"""A line as Python's parser counts them; `str.splitlines` also breaks at form feeds and Unicode's line ends."""


def replace_literals(source: str, literals: dict[str, int | float]) -> str:
    """`source` with every assignment of a number to one of the given names rewritten to the given number.

    Only `name = <number>` is touched, also `int(<number>)`, with a type or without, at any depth, and a number is never made
    larger; of `name = other = <number>` only the one name gets another. Line numbers stay, and text that does not parse is left
    alone.
    """
    parsed = plain(source)  # as Jupyter runs it: without magics, an indent of the whole cell taken off
    try:
        tree = ast.parse(parsed)
    except PARSE_ERRORS:
        return source
    lines, kept = _LINE.findall(source), parsed.split("\n")
    edits = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[*targets], value=old):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as old):
                names, targets = [name], []
            case _:
                continue
        number = _number(old)
        if number is None or old.lineno != old.end_lineno or old.end_col_offset is None:
            continue
        smaller = {name: repr(literals[name]) for name in names if name in literals and number > literals[name]}
        if len(targets) <= 1:
            edits += [(old.lineno - 1, old.col_offset, old.end_col_offset, text) for text in smaller.values()]
        elif smaller:
            more = "".join(f"; {name} = {text}" for name, text in smaller.items())
            edits.append((old.lineno - 1, old.end_col_offset, old.end_col_offset, more))
    shifts = {row: len(lines[row][: max(0, lines[row].find(kept[row]))].encode()) for row, *_ in edits}
    for row, start, end, new in sorted(edits, reverse=True, key=lambda edit: edit[:2]):
        raw, shift = lines[row].encode(), shifts[row]
        lines[row] = (raw[: start + shift] + new.encode() + raw[end + shift :]).decode()
    return "".join(lines)


def _number(value: ast.expr) -> int | float | None:
    """What `3`, `3.0`, `int(1e3)` or `float(3)` is; None for anything else."""
    match value:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Call(func=ast.Name(id="int" | "float"), args=[ast.Constant(value=int() | float() as number)], keywords=[]):
            return number
        case _:
            return None
