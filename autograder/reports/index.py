"""An index of a folder of results: what the overviews need of each `result.json`, so that a hundred thousand need not be read.

It is a cache and nothing more: an entry counts only while its file is the one that it was made from, and whatever is missing,
damaged or out of date is read again. One line an entry, each with its checksum, added at the end as results come.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from autograder.reports.atomic import write_atomically
from autograder.reports.condensed import Condensed, Condenser, Piece, Row
from autograder.reports.lines import Stamp, checked, content_of
from autograder.results import SubmissionResult

FORMAT: Final = "2"
"""Part of the file's name: an index that an earlier version has written is not read."""
_STALE: Final = 1_000
"""Lines that no entry needs any more, before the file is written anew; or as many as entries, if that is more."""


class Files(msgspec.Struct, frozen=True, array_like=True):
    """The three files of a submission, as far as they are there."""

    result: Stamp | None = None
    gradescope: Stamp | None = None
    feedback: Stamp | None = None


class Entry(msgspec.Struct, frozen=True, tag="entry", omit_defaults=True):
    """What is known of one submission.

    Attributes:
        files: as they were when this was noted.
        views: what feedback and Gradescope's form were made with; empty if that is not known.
    """

    row: Row
    files: Files
    views: str = ""


_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decoder: Final[msgspec.json.Decoder[Entry | Piece]] = msgspec.json.Decoder(Entry | Piece)


class Index:
    """The entries of one folder, by the name of the submission."""

    def __init__(self, path: Path):
        """Read what is at `path`, if anything is. What cannot be read is as if it were not there."""
        self._path = path
        self._condenser = Condenser()
        self._entries: dict[str, Entry] = {}
        self._lines = 0
        self._torn = False
        try:
            with path.open("rb") as file:
                for line in file:
                    self._lines += 1
                    self._torn = not line.endswith(b"\n")
                    self._learn(line.rstrip(b"\n"))
        except OSError:
            pass  # as if it were not there

    def _learn(self, line: bytes) -> None:
        read = _read_line(line)
        if isinstance(read, Piece):
            self._condenser.learn(read)
        elif read is not None:
            self._entries[read.row.name] = read

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, name: str, files: Files) -> Entry | None:
        """What is known of the submission whose files are these now; None if that is another `result.json`, or not known."""
        entry = self._entries.get(name)
        if entry is None or files.result is None or entry.files.result != files.result or not self._condenser.knows(entry.row):
            return None
        return entry

    def result(self, entry: Entry, *, whole: bool = True) -> Condensed:
        """The condensed result of an entry, without questions if it need not be `whole`."""
        return self._condenser.result(entry.row, whole=whole)

    def add(self, results: Iterable[tuple[SubmissionResult, Files, str]]) -> None:
        """Note results, with their files and what their views were made with; the file grows by a line or more for each."""
        lines: list[bytes] = []
        for result, files, views in results:
            row, pieces = self._condenser.take_apart(result)
            lines += [_line(piece) for piece in pieces if self._condenser.learn(piece)]
            self._entries[row.name] = entry = Entry(row, files, views)
            lines.append(_line(entry))
        if not lines:
            return
        with contextlib.suppress(OSError):  # a cache that cannot be written costs time, and nothing else
            with self._path.open("ab") as file:
                file.write((b"\n" if self._torn else b"") + b"".join(lines))
            self._torn = False
            self._lines += len(lines)

    def tidy(self, names: Iterable[str]) -> None:
        """Forget all but these submissions, and write the file anew if much of it is needed no more."""
        entries = {name: self._entries[name] for name in names if name in self._entries}
        entries = {name: entry for name, entry in entries.items() if self._condenser.knows(entry.row)}
        pieces = list(self._condenser.pieces_of(entry.row for entry in entries.values()))
        needed = len(entries) + len(pieces)
        self._entries = entries
        if self._lines - needed <= max(_STALE, needed):
            return
        with contextlib.suppress(OSError):
            write_atomically(self._path, b"".join([*map(_line, pieces), *map(_line, entries.values())]))
            self._lines, self._torn = needed, False


def _line(thing: Entry | Piece) -> bytes:
    return checked(_encode(thing))


def _read_line(line: bytes) -> Entry | Piece | None:
    content = content_of(line)
    try:
        return None if content is None else _decoder.decode(content)
    except (ValueError, msgspec.DecodeError):
        return None
