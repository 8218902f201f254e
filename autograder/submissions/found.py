"""Takes paths from the command line and gives the submissions found there, each with a name of its own."""

from __future__ import annotations

import re
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
    taken: set[str] = set()
    return tuple(Found(_unique(path, taken), str(path)) for path in files)


def _notebooks(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*.ipynb"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part in _SKIPPED for part in parts):
            yield path


def _unique(path: Path, taken: set[str]) -> str:
    stem = path.name.removesuffix(".ipynb").encode(errors="replace").decode()
    plain = re.sub(r"[\x00-\x1f\x7f/\\]", "_", stem)[:MAX_NAME].strip()
    name = plain if plain.strip(".") and plain.casefold() not in _RESERVED else f"submission_{plain.strip('.')}"
    candidate, number = name, 1
    while candidate.casefold() in taken:  # some file systems do not tell the cases of letters apart
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate.casefold())
    return candidate
