"""Takes paths from the command line and gives the submissions found there, each with a name of its own and whose it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from autograder.errors import SubmissionError, UsageError
from autograder.submissions.found import Found, Names, as_text
from autograder.submissions.layouts import Group, recognise
from autograder.submissions.reading.archives import open_archive
from autograder.submissions.reading.candidates import ARCHIVE, NOTEBOOK, SCRIPT
from autograder.submissions.reading.limits import OF_CLASS
from autograder.submissions.reading.sources import Entry, Folder, Source, open_file

OnePer = Literal["auto", "file", "folder"]
"""What counts as one submission in a folder, or in an archive that is named on the command line.

auto: a platform's export is taken apart as the platform put it together; in any other folder each notebook is one, each
archive, and each script directly in the folder; any other archive is one. file: each notebook, script and archive, however
deep. folder: each folder directly below, and each notebook, script and archive beside them.
"""

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"(?:cells|worksheets|metadata|nbformat)\"\s*:")
"""How a notebook's file begins."""


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        passed_over: paths of what belongs to no submission, so that nobody's work is left out without a word.
        layouts: a line for each export that was recognised.
    """

    found: tuple[Found, ...]
    passed_over: tuple[str, ...]
    layouts: tuple[str, ...] = ()


class _Piece(msgspec.Struct, frozen=True):
    """A submission that has no name yet: what its name is made of, and what goes before it where that is taken."""

    label: str
    before: str
    found: Found


def discover(paths: Sequence[Path], one_per: OnePer = "auto") -> Discovery:
    """The submissions at these paths. Raises UsageError if a path leads to none."""
    pieces: dict[tuple[str, tuple[str, ...]], _Piece] = {}
    passed: dict[str, None] = {}
    layouts: list[str] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
        found, left = _at(path, one_per, layouts)
        for piece in found:
            pieces[piece.found.path, piece.found.members] = piece
        passed.update(dict.fromkeys(left))
    labels = Counter(piece.label.casefold() for piece in pieces.values())
    names = Names()
    named = []
    for piece in pieces.values():
        alone = labels[piece.label.casefold()] == 1
        label = piece.label if alone or not piece.before else f"{piece.before}_{piece.label}"
        named.append(msgspec.structs.replace(piece.found, name=names.unique(label)))
    return Discovery(found=tuple(named), passed_over=tuple(passed), layouts=tuple(layouts))


def find_submissions(paths: Sequence[Path], one_per: OnePer = "auto") -> tuple[Found, ...]:
    """The submissions alone. Raises UsageError if a path leads to none."""
    return discover(paths, one_per).found


def _at(path: Path, one_per: OnePer, layouts: list[str]) -> tuple[list[_Piece], list[str]]:
    """The submissions at one path, and what was passed over there."""
    single = [_piece(Found("", as_text(path)), path.name, path.parent.name)]
    if path.is_dir():
        return _in_source(Folder(path), path, one_per, layouts)
    if not path.is_file():
        return single, []  # a pipe or a device: reading it ends in its own line
    try:
        with open_file(path) as file:
            archive = open_archive(file, path.name, OF_CLASS)
            if archive is None:
                return single, []
            found, left = _in_source(archive, path, one_per, layouts)
            return (found, left) if found else (single, [])
    except SubmissionError:  # an archive that cannot be read is a submission that cannot be read
        return single, []


def _in_source(source: Source, path: Path, one_per: OnePer, layouts: list[str]) -> tuple[list[_Piece], list[str]]:
    try:
        entries = list(_first(source.entries(), path))
    except SubmissionError as error:
        if isinstance(source, Folder):
            raise UsageError(f"{path}: {error}") from error
        raise
    by_path = {entry.path: entry for entry in entries}
    folder = isinstance(source, Folder)
    if one_per == "auto":
        usable = [entry.path for entry in entries if not entry.refused]
        name = path.resolve().name if folder else ""
        layout = recognise(usable, lambda inner: bytes(source.read(by_path[inner])), name)
        if layout is not None:
            layouts.append(f"{path}: {layout[0]}'s export, {len(layout[1])} submissions")
            return _groups(layout[1], path, entries, source)
        if not folder:
            return [], []
    disguised = frozenset(entry.path for entry in entries if isinstance(source, Folder) and _is_disguised(source, entry))
    members = _members(entries, one_per, disguised)
    if folder and not members:
        results = any(entry.path.rpartition("/")[2] == "result.json" for entry in entries)
        hint = "; it holds results, which `--replay` grades again" if results else ""
        raise UsageError(f"{path}: no notebook (*.ipynb), script (*.py) or archive in this folder{hint}")
    pieces = []
    for member in members:
        at = Found("", as_text(source.location(member))) if isinstance(source, Folder) else Found("", as_text(path), (member,))
        pieces.append(_piece(at, member.rstrip("/").rpartition("/")[2], (path / member).parent.name))
    return pieces, _left(path, entries, frozenset(members))


def _groups(
    groups: Sequence[Group], path: Path, entries: Sequence[Entry], source: Source
) -> tuple[list[_Piece], list[str]]:
    pieces = []
    for group in groups:
        where, members = path, group.members
        if isinstance(source, Folder) and len(members) == 1 and _is_inside(source.location(members[0])):
            where, members = source.location(members[0]), ()
        found = Found("", as_text(where), members, group.students, group.submitted_at, group.late)
        pieces.append(_Piece(group.label, group.key if group.key != group.label else "", found))
    return pieces, _left(path, entries, frozenset(member for group in groups for member in group.members))


def _is_inside(path: Path) -> bool:
    """Whether there is a file or folder that is no link: what a link leads to is nobody's submission."""
    return path.exists() and not path.is_symlink()


def _left(path: Path, entries: Sequence[Entry], members: frozenset[str]) -> list[str]:
    """What belongs to no submission: a file does if it is a member, or below a folder that is one."""
    left = []
    for entry in entries:
        parts = entry.path.split("/")
        if entry.path not in members and not any("/".join(parts[:depth]) + "/" in members for depth in range(1, len(parts))):
            left.append(f"{path / entry.path}" + (f" ({entry.refused})" if entry.refused else ""))
    return left


def _is_disguised(source: Folder, entry: Entry) -> bool:
    """Whether a file is a notebook by its first words, though a browser or a mail program gave it another ending."""
    if entry.refused or PurePosixPath(entry.path).suffix.lower() not in ("", ".json", ".txt"):
        return False
    try:
        with source.location(entry.path).open("rb") as file:
            return _BEGINS.match(file.read(256)) is not None
    except OSError:
        return False


def _members(entries: Sequence[Entry], one_per: OnePer, disguised: frozenset[str] = frozenset()) -> list[str]:
    members: dict[str, None] = {}
    for entry in entries:
        if entry.refused:
            continue
        below = "/" in entry.path
        if below and one_per == "folder":
            members[entry.path.split("/", 1)[0] + "/"] = None
        elif entry.path in disguised or NOTEBOOK.search(entry.path) or ARCHIVE.search(entry.path) or (
            SCRIPT.search(entry.path) and (not below or one_per == "file")
        ):
            members[entry.path] = None
    return list(members)


def _piece(found: Found, name: str, before: str) -> _Piece:
    """The file's name; with its folder's name in front where another file has the same, so that it tells whose it is."""
    return _Piece(re.sub(r"\.(?:ipynb|py|zip|tar|tgz|tar\.gz)$", "", name, flags=re.IGNORECASE), before, found)


def _first(entries: Iterator[Entry], path: Path) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number >= OF_CLASS.members:
            raise UsageError(f"{path}: holds more than {OF_CLASS.members:,} files; grade it in parts")
        yield entry
