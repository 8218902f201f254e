"""Finds what a student has not filled in yet: the source of a cell or function in, the lines of its blanks out."""

from __future__ import annotations

import ast
import linecache
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from types import CodeType, TracebackType
from typing import Any

NOT_ATTEMPTED = "not attempted yet"
_LINE = re.compile(r"^\s*(?:return\b\s*|[^#'\"=]+=\s*)?\.\.\.\s*(?:#.*)?$")
_STATEMENTS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def blank_lines(source: str) -> list[int]:
    """1-based numbers of the lines on which `...` stands for a whole statement or value, as the template has it.

    `x[..., 0]` is none. A source that does not parse is read line by line.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [number for number, line in enumerate(source.splitlines(), 1) if _LINE.match(line)]
    return blanks_among(ast.walk(tree))


def executed_blanks(tree: ast.Module) -> list[int]:
    """Lines of the blanks that are reached when the cell runs: those outside its functions and classes."""
    return blanks_among(_executed(tree))


def blanks_among(nodes: Iterable[ast.AST]) -> list[int]:
    """Lines of the nodes that are blanks."""
    found = set()
    for node in nodes:
        value = getattr(node, "value", None) if isinstance(node, _STATEMENTS) else None
        if isinstance(value, ast.Constant) and value.value is ...:
            found.add(value.lineno)
    return sorted(found)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _DEFINITIONS):
            yield from _executed(child)


def bound_names(source: str) -> frozenset[str]:
    """Global names that a cell assigns or defines; empty if it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    stored = {node.id for node in _executed(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(stored | {node.name for node in tree.body if isinstance(node, _DEFINITIONS)})


def blank_code(code: CodeType) -> list[int]:
    """Lines of the blanks in a function, counted from the start of its file or cell."""
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    if not any("..." in line for line in lines):
        return []
    end = next((at for at, line in enumerate(lines) if at and _ends(line, lines[0])), len(lines))
    return [line + code.co_firstlineno - 1 for line in blank_lines(textwrap.dedent("".join(lines[:end])))]


def _ends(line: str, first: str) -> bool:
    """Whether a line stands behind a definition that begins with the line `first`, as its indentation tells."""
    depth = len(first) - len(first.lstrip())
    return bool(line.strip()) and not line.strip().startswith("#") and len(line) - len(line.lstrip()) <= depth


def frames(trace: TracebackType | None, space: dict[str, Any]) -> list[tuple[CodeType, int]]:
    """The student's own functions and cells that an exception came through, outermost first, and the line in each."""
    found = []
    while trace is not None:
        if trace.tb_frame.f_globals is space:
            found.append((trace.tb_frame.f_code, trace.tb_lineno))
        trace = trace.tb_next
    return found


def in_lines(numbers: Sequence[int]) -> str:
    """`line 3` or `lines 3, 8 and 12`."""
    words = [str(number) for number in numbers]
    if len(words) < 2:
        return f"line {''.join(words)}"
    return f"lines {', '.join(words[:-1])} and {words[-1]}"
