"""Rewrites numbers such as `epochs = 10` in a cell's source, so that a long training loop becomes a short one."""

from __future__ import annotations

import ast
import re

from autograder.submissions.source import PARSE_ERRORS, plain

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
"""A line as Python's parser counts them; `str.splitlines` also breaks at form feeds and Unicode's line ends."""


def replace_literals(source: str, literals: dict[str, int | float]) -> str:
    """`source` with every assignment of a number to one of the given names rewritten to the given number.

    Only `name = <number>` is touched, with a type or without, at any depth, and a number is never made larger; text that does
    not parse is left alone, line numbers stay.
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
            case ast.Assign(targets=[ast.Name(id=name)], value=old) | ast.AnnAssign(target=ast.Name(id=name), value=old):
                new = literals.get(name)
            case _:
                continue
        if new is None or not isinstance(old, ast.Constant):
            continue
        if isinstance(old.value, bool) or not isinstance(old.value, (int, float)):
            continue
        if old.value > new and old.lineno == old.end_lineno and old.end_col_offset is not None:
            edits.append((old.lineno - 1, old.col_offset, old.end_col_offset, new))
    shifts = {row: len(lines[row][: max(0, lines[row].find(kept[row]))].encode()) for row, *_ in edits}
    for row, start, end, new in sorted(edits, reverse=True, key=lambda edit: edit[:2]):
        raw, shift = lines[row].encode(), shifts[row]
        lines[row] = (raw[: start + shift] + repr(new).encode() + raw[end + shift :]).decode()
    return "".join(lines)
