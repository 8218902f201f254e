"""Opens what a path leads to, a folder or a file, and lists the files in it; nothing here blocks, and no link leads out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from autograder.errors import SubmissionError
from autograder.submissions.found import shown
from autograder.submissions.reading.kinds import HEAD
from autograder.submissions.reading.limits import MAX_BYTES

_SKIPPED = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})
_SPECIAL = (
    (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"), (stat.S_ISLNK, "a link"),
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """A file in a submission.

    Attributes:
        path: relative, with `/`.
        size: bytes, unpacked, as the archive claims.
        refused: why it is left aside; empty if it may be read.
        packed: bytes that it takes in the archive, as that claims.
    """

    path: str
    size: int
    refused: str = ""
    packed: int = 0


class Source(Protocol):
    """Something that holds files."""

    def entries(self) -> Iterator[Entry]:
        """Its files, without what systems leave there. Raises SubmissionError if the whole cannot be read."""
        ...

    def read(self, entry: Entry) -> bytes | bytearray:
        """A file's bytes. Raises SubmissionError if it cannot be read."""
        ...


def is_litter(path: str) -> bool:
    """Whether a file is what systems and programs leave behind: hidden ones, AppleDouble files, checkpoints."""
    return any(part.startswith(".") or part in _SKIPPED for part in path.split("/"))


def special(mode: int) -> str:
    """What a file is, in words, by its mode, if it is no ordinary one; otherwise empty."""
    if stat.S_ISREG(mode):
        return ""
    return next((words for test, words in _SPECIAL if test(mode)), "no ordinary file")


def open_file(path: str | Path, *, follow: bool = True) -> BinaryIO:
    """An ordinary file, opened to be read. Raises SubmissionError if it is none: a pipe or a device is never opened."""
    name = shown(Path(path).name)
    try:
        if words := special(Path(path).stat(follow_symlinks=follow).st_mode):
            raise SubmissionError(f"{name}: is {words} and no file; hand in the notebook itself")
        # Without blocking, in case it has become a pipe since.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW)
        file = os.fdopen(os.open(path, flags), "rb")
        if words := special(os.fstat(file.fileno()).st_mode):
            file.close()
            raise SubmissionError(f"{name}: is {words} and no file; hand in the notebook itself")
    except (OSError, ValueError) as error:
        raise SubmissionError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return file


def read_whole(file: BinaryIO, name: str) -> bytes:
    """All of a file on disk. Raises SubmissionError if it is too large."""
    try:
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1) if size <= MAX_BYTES else b""
    except OSError as error:
        raise SubmissionError(f"{name}: cannot be read: {error.strerror or error}") from error
    if max(size, len(content)) > MAX_BYTES:
        raise SubmissionError(too_large(name))
    return content


def too_large(name: str) -> str:
    """The line for a file beyond MAX_BYTES."""
    return f"{name}: larger than {MAX_BYTES >> 20} MiB; clear the saved outputs and hand it in again"


def head_of(path: str | Path) -> bytes:
    """The first bytes of an ordinary file; empty if it cannot be read."""
    try:
        with open_file(path) as file:
            return file.read(HEAD)
    except (SubmissionError, OSError):
        return b""


class Folder:
    """A folder on disk."""

    def __init__(self, root: Path):
        self.root = root
        self._odd: dict[str, str] = {}

    def location(self, path: str) -> Path:
        """Where a file or folder in it lies."""
        return self.root / self._odd.get(path, path)

    def entries(self) -> Iterator[Entry]:
        """Sorted by path. A link is followed if it leads to a file within the folder, and left aside otherwise."""
        yield from sorted(self._walk(), key=lambda entry: entry.path)

    def _walk(self) -> Iterator[Entry]:
        try:
            real = self.root.resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SubmissionError(f"{shown(self.root.name)}: cannot be read: {reason}") from error
        pending = [""]
        while pending:
            prefix = pending.pop()
            try:
                with os.scandir(self.root / prefix) as listing:
                    found = [(f"{prefix}{entry.name}", entry) for entry in listing if not is_litter(entry.name)]
            except OSError as error:
                yield self._named(prefix.rstrip("/") or ".", 0, f"cannot be read: {error.strerror or error}")
                continue
            for path, entry in found:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(f"{path}/")
                        if path.lower().endswith(".ipynb"):
                            yield self._named(path, 0, "is a folder and no notebook")
                    else:
                        yield self._entry(path, entry, real)
                except OSError as error:
                    yield self._named(path, 0, f"cannot be read: {error.strerror or error}")

    def _entry(self, path: str, entry: os.DirEntry[str], real: Path) -> Entry:
        if entry.is_symlink():
            try:
                target = Path(entry.path).resolve(strict=True)
            except (OSError, RuntimeError):  # the latter for a loop of links
                return self._named(path, 0, "is a link that leads nowhere")
            if not target.is_relative_to(real):
                return self._named(path, 0, "is a link that leads out of the folder")
            if target.is_dir():
                return self._named(path, 0, "is a link to a folder")
        status = entry.stat()
        words = special(status.st_mode)
        return self._named(path, status.st_size, f"is {words} and no file" if words else "")

    def _named(self, path: str, size: int, refused: str) -> Entry:
        name = shown(path)
        if name != path:
            self._odd |= {name: path} | {f"{shown(path[:at])}/": f"{path[:at]}/" for at, c in enumerate(path) if c == "/"}
        return Entry(name, size, refused)

    def read(self, entry: Entry) -> bytes:
        """A file's bytes."""
        with open_file(self.location(entry.path)) as file:
            return read_whole(file, entry.path)


class Single:
    """One file on disk."""

    def __init__(self, file: BinaryIO, name: str):
        self._file, self._name = file, name

    def entries(self) -> Iterator[Entry]:
        """The file."""
        yield Entry(self._name, os.fstat(self._file.fileno()).st_size)

    def read(self, entry: Entry) -> bytes:
        """Its bytes."""
        self._file.seek(0)
        return read_whole(self._file, entry.path)
