"""Remembers the digests of files that were handed in, so that a run that resumes need not read a hundred thousand of them.

It is a cache and nothing more, as the index of results is: a digest counts only while its file has the size, times and inode that
it had before and after it was read, and only if these were old enough by then for a change to have shown.
"""

from __future__ import annotations

import contextlib
import stat
import time
from pathlib import Path
from typing import Final

import msgspec

from autograder.reports.atomic import write_atomically
from autograder.reports.lines import Stamp, checked, content_of
from autograder.submissions import Found, digest_of

FILE: Final = "handed-in-1.jsonl"
SETTLED: Final = 10 * 10**9
"""Nanoseconds since a file's last change from which on another change is certain to give it other times, whatever clock the
file system has."""
_STALE: Final = 1_000


class _Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    path: str
    stamp: Stamp
    digest: str


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(_Known).decode


class Digests:
    """The digests of one class's submissions, by the paths of their files. Folders and parts of exports are always read."""

    def __init__(self, own: Path):
        """`own`: the folder of results' own folder. What cannot be read there is as if it were not there."""
        self._path = own / FILE
        self._known: dict[str, _Known] = {}
        self._begun: dict[str, Stamp] = {}
        lines = 0
        try:
            with self._path.open("rb") as file:
                for line in file:
                    lines += 1
                    self._learn(line)
        except OSError:
            pass  # as if it were not there
        if lines - len(self._known) > max(_STALE, len(self._known)):
            with contextlib.suppress(OSError):
                write_atomically(self._path, b"".join(map(_line, self._known.values())))

    def _learn(self, line: bytes) -> None:
        content = content_of(line)
        with contextlib.suppress(ValueError, msgspec.DecodeError):
            if content is not None:
                known = _decode(content)
                self._known[known.path] = known

    def of(self, found: Found) -> str:
        """The digest of a submission; empty if it cannot be read."""
        stamp, _ = _stamped(found)
        known = self._known.get(found.path)
        if stamp is not None and known is not None and known.stamp == stamp:
            return known.digest
        self.begin(found)
        digest = digest_of(found) or ""
        self.end(found, digest)
        return digest

    def begin(self, found: Found) -> None:
        """Note what a submission's file is like as it begins to be read."""
        stamp, now = _stamped(found)
        if stamp is not None and now - max(stamp.modified, stamp.changed) > SETTLED:
            self._begun[found.path] = stamp

    def end(self, found: Found, digest: str) -> None:
        """Remember the digest of what was read, if the file is what it was when that began."""
        begun = self._begun.pop(found.path, None)
        if begun is None or not digest or _stamped(found)[0] != begun:
            return
        self._known[found.path] = known = _Known(found.path, begun, digest)
        with contextlib.suppress(OSError), self._path.open("ab") as file:  # a cache that cannot be written costs time alone
            file.write(_line(known))


def _stamped(found: Found) -> tuple[Stamp | None, int]:
    """The stamp of a submission that is one whole file, else None; and the time by which it was so."""
    now = time.time_ns()
    if found.members or found.parcel:
        return None, now
    try:
        status = found.location.stat()
    except (OSError, ValueError):
        return None, now
    return (Stamp.of(status) if stat.S_ISREG(status.st_mode) else None), now


def _line(known: _Known) -> bytes:
    return checked(_encode(known))
