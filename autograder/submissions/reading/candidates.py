"""Goes through a submission's files, those of archives within it too, and hands out what may be its notebook, within a budget."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import IO

from autograder.errors import ArchiveBomb, SubmissionError
from autograder.submissions.reading.archives import check_ratio, open_archive
from autograder.submissions.reading.kinds import HEAD, Kind, sniff
from autograder.submissions.reading.limits import MAX_CANDIDATES, MAX_DEPTH, Budget
from autograder.submissions.reading.sources import Entry, Source

ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|gz)$", re.IGNORECASE)
NOTEBOOK = re.compile(r"\.ipynb(?:\W|$)", re.IGNORECASE)  # a browser makes `work.ipynb.txt` of it, and `work.ipynb (1)`
SCRIPT = re.compile(r"\.py$", re.IGNORECASE)
_PERHAPS = re.compile(r"(?:^|/)[^.]+$|\.(?:json|txt|download|part)$", re.IGNORECASE)
_PACKED = (Kind.ZIP, Kind.TAR, Kind.GZIP)
_OFFICE = "[Content_Types].xml"


class Tier(Enum):
    """What is tried as the notebook, in this order: the next only if nothing before it can be read."""

    NOTEBOOKS = NOTEBOOK
    SCRIPTS = SCRIPT
    OTHERS = _PERHAPS


@dataclass
class Opened:
    """A submission that was opened.

    Attributes:
        name: of its file or folder, for messages.
        size: bytes on disk of its archive; 0 for what is no archive.
        members: paths that belong to it, a folder's with `/` at its end; none for all.
        lone: whether it is one file, which is tried whatever its name is.
        file: of one that is no folder.
        digest: of one that was packed on another machine, where it was handed in.
    """

    source: Source
    name: str
    size: int = 0
    members: tuple[str, ...] = ()
    lone: bool = False
    file: IO[bytes] | None = None
    digest: str = ""

    def entries(self) -> Iterator[Entry]:
        """Its files."""
        folders = tuple(member for member in self.members if member.endswith("/"))
        chosen = frozenset(self.members)
        for entry in self.source.entries():
            if not chosen or entry.path in chosen or (folders and entry.path.startswith(folders)):
                yield entry


@dataclass
class Search:
    """What is known after looking through a submission.

    Attributes:
        aside: a sentence for each file that must not be read.
        other: names of files that are neither notebooks nor anything that is tried.
    """

    aside: dict[str, None] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    tried: int = 0

    def candidates(self, opened: Opened, tier: Tier) -> Iterator[tuple[str, bytes | bytearray]]:
        """Path and bytes of each file of this tier, one at a time. Raises ArchiveBomb if the whole must be refused."""
        self.other.clear()
        self.tried = 0
        yield from self._below(opened, tier, Budget(), 0)

    def _below(self, opened: Opened, tier: Tier, budget: Budget, depth: int) -> Iterator[tuple[str, bytes | bytearray]]:
        if depth > MAX_DEPTH:
            raise ArchiveBomb(f"{opened.name}: more than {MAX_DEPTH} archives within each other; hand in the notebook alone")
        entries = measured(opened, budget)
        if any(entry.path == _OFFICE for entry in entries):
            raise SubmissionError(f"{opened.name}: not a notebook but an Office document; hand in the .ipynb file itself")
        for entry in sorted(entries, key=lambda entry: (entry.path.count("/"), entry.path)):
            if entry.refused:
                self.aside[f"{_short(entry.path)} {entry.refused}, and was left aside."] = None
            elif opened.lone or tier.value.search(entry.path) or ARCHIVE.search(entry.path):
                yield from self._one(opened, entry, tier, budget, depth)
            else:
                self.other.append(entry.path)

    def _one(
        self, opened: Opened, entry: Entry, tier: Tier, budget: Budget, depth: int
    ) -> Iterator[tuple[str, bytes | bytearray]]:
        self.tried += 1
        if self.tried > MAX_CANDIDATES:
            self.aside[f"Only the first {MAX_CANDIDATES} files that may be the notebook were looked at."] = None
            return
        try:
            content = opened.source.read(entry)
            if opened.size and not entry.size:  # a file packed by gzip alone, whose size is known only now
                budget.take(opened.name, size=len(content))
                check_ratio(opened.name, len(content), opened.size)
            packed = sniff(bytes(content[:HEAD])) in _PACKED
            archive = open_archive(io.BytesIO(content), entry.path) if packed else None
            if archive is None:
                if opened.lone or tier.value.search(entry.path) or tier is Tier.NOTEBOOKS:
                    yield entry.path, content
                return
            inner = Opened(archive, entry.path, len(content))
            for path, found in self._below(inner, tier, budget, depth + 1):
                yield f"{entry.path}/{path}", found
        except ArchiveBomb:
            raise
        except SubmissionError as error:
            self.aside[str(error)] = None


def measured(opened: Opened, budget: Budget) -> Sequence[Entry]:
    """The files of a submission. Raises ArchiveBomb, before anything is unpacked, if they are too many or too large."""
    entries = []
    for entry in opened.entries():
        budget.take(opened.name, members=1)
        entries.append(entry)
    if opened.size:
        unpacked, packed = sum(entry.size for entry in entries), sum(entry.packed for entry in entries)
        budget.take(opened.name, size=unpacked)
        check_ratio(opened.name, unpacked, min(packed, opened.size) if packed else opened.size)
    return entries


def _short(path: str) -> str:
    return path if len(path) <= 100 else f"...{path[-97:]}"
