"""Rewrites numbers such as `epochs = 10` in a cell's source, so that a long training loop becomes a short one."""

from __future__ import annotations

import ast


def replace_literals(source: str, literals: dict[str, int | float]) -> str:
    """`source` with every assignment of a number to one of the given names rewritten to the given number.

    Only `name = <number>` is touched, at any depth, and a number is never made larger; text that does not parse is left
    alone, line numbers stay.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return source
    lines = source.splitlines(keepends=True)
    edits = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        new, old = literals.get(node.targets[0].id), node.value
        if new is None or not isinstance(old, ast.Constant):
            continue
        if isinstance(old.value, bool) or not isinstance(old.value, (int, float)):
            continue
        if old.value > new and old.lineno == old.end_lineno:
            edits.append((old.lineno - 1, old.col_offset, old.end_col_offset, new))
    for row, start, end, new in sorted(edits, reverse=True, key=lambda edit: edit[:2]):
        raw = lines[row].encode()
        lines[row] = (raw[:start] + repr(new).encode() + raw[end:]).decode()
    return "".join(lines)
