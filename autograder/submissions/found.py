"""A submission that was found and not yet read, and the names that submissions of one class get: safe, and each its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import msgspec

from autograder.results import Student

_ADDRESS = "file://"
_RESERVED = {"grades.csv", "report.html", "changes.csv", "similarity.html", ".autograder"}
MAX_NAME = 120
"""Bytes in UTF-8: a file system's limit is twice that, and files get endings."""


class Found(msgspec.Struct, frozen=True):
    """A submission that has not been read yet.

    Attributes:
        name: unique in its class; also the folder's name under the results.
        path: of its file or folder, or of the export that it is in; a `file:` address where that is not valid UTF-8.
        members: what of `path` belongs to it, relative, a folder's with `/` at its end; none for all of it.
        students: who handed it in, as far as the layout of the class tells.
        submitted_at: when, as the platform writes it; empty if it does not tell.
        late: whether it was late; None if the platform does not tell.
        parcel: whether `path` is a parcel that was packed on another machine (`reading.parcel`). Only who unpacked one says so:
            no file is taken for a parcel by what is in it.
    """

    name: str
    path: str
    members: tuple[str, ...] = ()
    students: tuple[Student, ...] = ()
    submitted_at: str = ""
    late: bool | None = None
    parcel: bool = False

    @property
    def location(self) -> Path:
        """Where `path` leads."""
        if self.path.startswith(_ADDRESS):
            return Path(os.fsdecode(unquote_to_bytes(self.path.removeprefix(_ADDRESS))))
        return Path(self.path)


def as_text(path: Path) -> str:
    """A path as `Found` has it: older file systems hold names that no text can hold, and a submission is passed on as text."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return path.absolute().as_uri()
    return str(path)


def shown(name: str) -> str:
    """A file's name as a message can hold it."""
    return name.encode(errors="backslashreplace").decode()


class Names:
    """Gives each submission a folder's name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def unique(self, label: str) -> str:
        """`label`, which may come from a student, as a name that is safe, with a number behind it if it is taken."""
        plain = re.sub(r"[\x00-\x1f\x7f-\x9f/\\\u202a-\u202e\u2066-\u2069]", "_", label.encode(errors="replace").decode())
        plain = plain.encode()[:MAX_NAME].decode(errors="ignore").strip()
        name = plain if plain.strip(".") and plain.casefold() not in _RESERVED else f"submission_{plain.strip('.')}"
        key = name.casefold()  # some file systems do not tell the cases of letters apart
        candidate, number = name, self._last.get(key, 1)
        while candidate.casefold() in self._taken:
            number += 1
            candidate = f"{name}-{number}"
        self._taken.add(candidate.casefold())
        self._last[key] = number
        return candidate
