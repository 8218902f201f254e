"""Takes paths from the command line and gives the submissions found there, each with a name of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from autograder.errors import UsageError

_SKIPPED = {"__MACOSX", "__pycache__"}
_RESERVED = {"grades.csv", "report.html"}
MAX_NAME = 120


class Found(msgspec.Struct, frozen=True):
    """A submission that has not been read yet: its unique name, and the path of its file."""

    name: str
    path: str


def find_submissions(paths: Sequence[Path]) -> tuple[Found, ...]:
    """Every file that is named, and every notebook below every folder. Raises UsageError if a path leads to none."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(_notebooks(path))
            if not inside:
                raise UsageError(f"{path}: no notebook (*.ipynb) in this folder")
            files.update(dict.fromkeys(inside))
        elif path.exists():
            files[path] = None
        else:
            raise UsageError(f"{path}: no such file or folder")
    stems = Counter(path.stem.casefold() for path in files)
    taken: set[str] = set()
    return tuple(Found(_unique(path, taken, alone=stems[path.stem.casefold()] == 1), str(path)) for path in files)


def passed_over(paths: Sequence[Path]) -> tuple[Path, ...]:
    """What lies in the folders besides notebooks, so that nobody's work is left out without a word."""
    return tuple(entry for path in paths if path.is_dir() for entry in sorted(_entries(path)) if not _is_notebook(entry))


def _notebooks(folder: Path) -> Iterable[Path]:
    return (path for path in _entries(folder) if _is_notebook(path))


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb" and path.is_file()


def _entries(folder: Path) -> Iterable[Path]:
    """Everything below a folder that is no ordinary folder, without what programs leave there."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _SKIPPED for part in parts)
        if not hidden and (not path.is_dir() or path.suffix.lower() == ".ipynb"):
            yield path


def _unique(path: Path, taken: set[str], *, alone: bool) -> str:
    """The file's name; with its folder's name in front where another file has the same, so that it tells whose it is."""
    stem = re.sub(r"\.ipynb$", "", path.name, flags=re.IGNORECASE)
    if not alone and path.parent.name:
        stem = f"{path.parent.name}_{stem}"
    stem = stem.encode(errors="replace").decode()
    plain = re.sub(r"[\x00-\x1f\x7f/\\]", "_", stem)[:MAX_NAME].strip()
    name = plain if plain.strip(".") and plain.casefold() not in _RESERVED else f"submission_{plain.strip('.')}"
    candidate, number = name, 1
    while candidate.casefold() in taken:  # some file systems do not tell the cases of letters apart
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate.casefold())
    return candidate
