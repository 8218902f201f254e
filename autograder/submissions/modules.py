"""Tells which definitions come into a notebook from modules of the student's own: handed in with it, or written by its cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from autograder.submissions.notebook import Cell, Module
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import parse

Provided = Mapping[str, frozenset[str]]
"""Dotted name of a module -> names of the classes and functions that it defines."""

_WRITTEN = re.compile(r"\s*%%(?:writefile|file)\s+(?:-a\s+)?(?:\./)?((?:\w+/)*\w+\.py)[ \t]*\n")
_RUN = re.compile(r"^[ \t]*%run\s+(?:-i\s+)?(?:\./)?((?:\w+/)*\w+\.py)\b", re.MULTILINE)


def written(cells: Sequence[Cell]) -> tuple[Module, ...]:
    """Modules that cells write by `%%writefile`."""
    found = ((_WRITTEN.match(cell.source), cell.source) for cell in cells)
    return tuple(Module(path=match[1], source=source[match.end() :]) for match, source in found if match)


def provided(modules: Sequence[Module]) -> Provided:
    """What each module defines, and what it hands on of the others."""
    own = {_dotted(module.path): frozenset(outline_cell(module.source)[1]) for module in modules}
    every = frozenset().union(*own.values())
    return {_dotted(module.path): own[_dotted(module.path)] | every & _taken(module.source) for module in modules}


def _taken(source: str) -> frozenset[str]:
    """Names that are imported one by one from somewhere."""
    froms = (statement for statement in parse(source).statements if isinstance(statement, ast.ImportFrom))
    return frozenset(alias.asname or alias.name for statement in froms for alias in statement.names)


def imported(source: str, modules: Provided) -> frozenset[str]:
    """Names of classes and functions that a cell takes from these modules into its own namespace."""
    found: set[str] = set()
    if not modules:
        return frozenset()
    for statement in (node for top in parse(source).statements for node in ast.walk(top)):
        match statement:
            case ast.ImportFrom(module=str(module), names=names, level=0) if there := _named(module, modules):
                for alias in names:
                    if alias.name == "*":
                        found |= there
                    elif alias.name in there:
                        found.add(alias.asname or alias.name)
            case _:
                pass
    for path in _RUN.findall(source):
        found |= _named(_dotted(path), modules)
    return frozenset(found)


def spelled_out(cells: Sequence[Cell], modules: Provided, asked: Collection[str]) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells, with an import of the names that are asked for behind that of a module as a whole, and a note on each.

    `import layers as L` makes `L.Linear`, and what is asked for is `Linear`. Names that a cell defines, or imports by
    themselves, are left alone.
    """
    there = {name for cell in cells for name in (*outline_cell(cell.source)[1], *imported(cell.source, modules))}
    missing = frozenset(asked) - there
    made: list[Cell] = []
    notes: dict[str, None] = {}
    for cell in cells:
        lines = []
        for module in _whole(cell.source) if modules and missing else ():
            if names := sorted(_named(module, modules) & missing):
                lines.append(f"from {module} import {', '.join(names)}")
                said = " and ".join(f"`{name}`" for name in names)
                notes[f"{said} {'was' if len(names) == 1 else 'were'} taken from the module `{module}`."] = None
        made.append(msgspec.structs.replace(cell, source="\n".join([cell.source, *lines])) if lines else cell)
    return tuple(made), tuple(notes)


def _whole(source: str) -> Iterator[str]:
    """Dotted names of modules that a cell may import as a whole: `import a.b`, `from a import b`."""
    for statement in parse(source).statements:
        match statement:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(package), names=names, level=0):
                yield from (f"{package}.{alias.name}" for alias in names)
            case _:
                pass


def _named(module: str, modules: Provided) -> frozenset[str]:
    """What a module of this name defines, in whatever folder it lies: notebooks change where they look for modules."""
    return frozenset().union(*(names for name, names in modules.items() if f".{name}".endswith(f".{module}")))


def _dotted(path: str) -> str:
    return path.removeprefix("../").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
