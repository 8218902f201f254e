"""Finds what lies beside a notebook and belongs to it, such as data and modules: its folder in, contents by path out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from autograder.authoring.companions import MOST_MIB
from autograder.authoring.notebook_imports import imported_names
from autograder.submissions.source import parse

_MOST_FILES = 1000
_LONGEST = 250
"""Files of one notebook; characters of a text in a cell that may be a path."""


def handed_out(notebook: Path) -> dict[str, bytes]:
    """All that students get with a template, but for notebooks and tests."""
    return _read(notebook.parent, (path for path in _below(notebook.parent) if path.parts[0] != "tests"))


def named(notebook: Path, sources: Sequence[str]) -> dict[str, bytes]:
    """Files that a notebook's cells name, or whose folder they name, and modules that they import; none from elsewhere.

    The folder may be any that somebody works in, so what nothing points to stays out, and so does what is larger than an
    assignment may be.
    """
    folder = notebook.parent
    wanted = dict.fromkeys(place for source in sources for place in _places(source))
    return _read(folder, (path for place in wanted for path in _at(folder, place)))


def _places(source: str) -> Iterator[PurePosixPath]:
    """Relative paths that a cell may mean. Of a text with values in it (`f"data/{name}.csv"`) the part before the first."""
    for statement in parse(source).statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.strip()
                if text and len(text) <= _LONGEST and text.isprintable():
                    yield PurePosixPath(text)
            for module in imported_names(node):
                yield PurePosixPath(f"{module.replace('.', '/')}.py")
                yield PurePosixPath(module.partition(".")[0])


def _at(folder: Path, place: PurePosixPath) -> Iterator[PurePosixPath]:
    """The file at this place, or those in the folder there; nothing for the notebook's own folder and what is not below it."""
    if place.is_absolute() or ".." in place.parts or not place.parts:
        return
    try:
        if (folder / place).is_dir():
            yield from (place / path for path in _below(folder / place))
        else:
            yield place
    except OSError:
        return


def _below(folder: Path) -> Iterator[PurePosixPath]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
            yield PurePosixPath(relative)


def _read(folder: Path, places: Iterator[PurePosixPath]) -> dict[str, bytes]:
    """The contents, as far as they are allowed; a link that leads out of the folder is not followed."""
    found: dict[str, bytes] = {}
    room, here = MOST_MIB << 20, folder.resolve()
    for place in places:
        path = (folder / place).resolve()
        try:
            size = path.stat().st_size if path.is_file() and here in path.parents else -1
            if place.suffix == ".ipynb" or not 0 <= size <= room or len(found) >= _MOST_FILES:
                continue
            found[str(place)] = path.read_bytes()
        except OSError:  # not to be read, so not there
            continue
        room -= size
    return found
