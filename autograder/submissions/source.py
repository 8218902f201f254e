"""Takes the source of a code cell as Jupyter accepts it and gives its statements, with line numbers kept, whatever it holds."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

MAX_PARSED = 1_000_000
"""Characters of one cell that are worth a parser's memory; a longer cell is read line by line."""

KEPT = 128
"""Cells whose reading is kept: several stages read each cell of a submission."""

PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
"""All that `ast.parse` raises: bad syntax, NULs and lone surrogates, nesting that exhausts its stack."""

_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "py", "memit", "mprun"})
_MAGIC = re.compile(r"(\s*)%{1,2}([A-Za-z_][\w.]*)(.*)")
_SHELL = re.compile(r"(\s*)!")
_HELP = re.compile(r"(\s*+)(?:\?{1,2}\s*+[%\w.*]++|[%\w.*]++\s*+\?{1,2})\s*+;?\s*+$")
_ASSIGNED = re.compile(r"(\s*[A-Za-z_][\w.,\s]*=)\s*(?:!|%[A-Za-z_])")
_CONTINUES = re.compile(r"(?:\s|#|$|[)\]}]|(?:else|elif|except|finally)\b)")


@dataclass(frozen=True)
class Line:
    """A line that belongs to no statement that parses: its 1-based number and its text."""

    number: int
    text: str


@dataclass(frozen=True)
class Parsed:
    """A cell's top-level statements, and the lines of those parts that do not parse."""

    statements: tuple[ast.stmt, ...]
    broken: tuple[Line, ...]


@lru_cache(maxsize=KEPT)
def parse(source: str) -> Parsed:
    """The statements of a cell; a part that does not parse costs itself only, and its lines are kept as text."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    for attempt in (text, plain(text)):
        statements = _statements(attempt)
        if statements is not None:
            return Parsed(statements, ())
    return _parse_parts(plain(text))


def plain(source: str) -> str:
    """The cell without what only IPython understands: magics, shell lines and help become `pass`, on the same line."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return source
    if lines[first].startswith("%%"):
        name = re.match(r"%%\s*([\w!]*)", lines[first])
        if name is None or name[1] not in _PYTHON_CELL_MAGICS:
            return "\n" * (len(lines) - 1)
        lines[first] = ""
        first = next((number for number, line in enumerate(lines) if line.strip()), first)
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    if indent:
        lines = [line[len(indent) :] if line.startswith(indent) else line for line in lines]
    return "\n".join(_without_magics(lines))


def _without_magics(lines: list[str]) -> list[str]:
    result: list[str] = []
    continued = False
    for line in lines:
        if continued:
            result.append("")
            continued = line.endswith("\\")
            continue
        replaced = _without_magic(line)
        continued = replaced is not line and line.endswith("\\")
        result.append(replaced)
    return result


def _without_magic(line: str) -> str:
    if magic := _MAGIC.match(line):
        indent, name, rest = magic.groups()
        # `%time y = f(x)` runs the statement in the notebook's own namespace.
        return f"{indent}{rest.strip()}" if name == "time" and rest.strip() else f"{indent}pass"
    if shell := _SHELL.match(line):
        return f"{shell[1]}pass"
    asks_for_help = line.rstrip(" ;\t").endswith("?") or line.lstrip().startswith("?")
    if asks_for_help and (help_line := _HELP.match(line)):
        return f"{help_line[1]}pass"
    if ("!" in line or "%" in line) and (assigned := _ASSIGNED.match(line)):
        return f"{assigned[1]} None"
    return line


def _statements(text: str) -> tuple[ast.stmt, ...] | None:
    if len(text) > MAX_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(ast.parse(text).body)
    except PARSE_ERRORS:
        return None


def _parse_parts(text: str) -> Parsed:
    """Parses each top-level statement by itself: a part starts at a line that is not indented."""
    statements: list[ast.stmt] = []
    broken: list[Line] = []
    for start, lines in _parts(text.split("\n")):
        parsed = _statements("\n".join(lines))
        if parsed is None:
            broken.extend(Line(start + offset, line) for offset, line in enumerate(lines) if line.strip())
            continue
        for statement in parsed:
            ast.increment_lineno(statement, start - 1)
        statements.extend(parsed)
    return Parsed(tuple(statements), tuple(broken))


def _parts(lines: list[str]) -> list[tuple[int, list[str]]]:
    parts: list[tuple[int, list[str]]] = []
    decorated = False
    for number, line in enumerate(lines, 1):
        if parts and (decorated or _CONTINUES.match(line)):
            parts[-1][1].append(line)
        else:
            parts.append((number, [line]))
        decorated = line.startswith("@") or (decorated and _CONTINUES.match(line) is not None)
    return parts


def without_docstrings(source: str) -> ast.Module:
    """The tree of a source text without the docstrings of its functions and classes. Raises SyntaxError if it does not parse."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree
