"""Finds what a student has not filled in yet: the source of a cell or function in, the lines of its blanks out."""

from __future__ import annotations

import ast
import re
from typing import List, Sequence  # noqa: UP035  # students may have Python 3.8

NOT_ATTEMPTED = "not attempted yet"
_LINE = re.compile(r"^\s*(?:return\b\s*|[^#'\"=]+=\s*)?\.\.\.\s*(?:#.*)?$")


def blank_lines(source: str) -> List[int]:  # noqa: UP006
    """1-based numbers of the lines on which `...` stands for a whole statement or value, as the template has it.

    `x[..., 0]` is none. A source that does not parse is read line by line.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [number for number, line in enumerate(source.splitlines(), 1) if _LINE.match(line)]
    found = set()
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        holds = isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return))
        if holds and isinstance(value, ast.Constant) and value.value is ...:
            found.add(value.lineno)
    return sorted(found)


def in_lines(numbers: Sequence[int]) -> str:
    """`line 3` or `lines 3, 8 and 12`."""
    words = [str(number) for number in numbers]
    if len(words) < 2:
        return f"line {''.join(words)}"
    return f"lines {', '.join(words[:-1])} and {words[-1]}"
