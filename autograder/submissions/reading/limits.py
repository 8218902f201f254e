"""How much of a submission is read: every bound in one place, and the error that a submission beyond them ends in."""

from __future__ import annotations

import msgspec

from autograder.errors import ArchiveBomb

MAX_BYTES = 200 << 20
"""Of one file, unpacked."""
MAX_TOTAL = 512 << 20
"""Bytes of all files of one submission, unpacked, those of archives within it too."""
MAX_RATIO = 200
"""Unpacked bytes for each packed one; text that a loop printed comes to about a hundred."""
FREE = 64 << 20
"""Unpacked bytes below which the ratio does not matter."""
MAX_MEMBERS = 50_000
"""Files in one submission: a data set of single images may lie beside a notebook."""
MAX_DEPTH = 3
"""Archives within archives."""
MAX_CANDIDATES = 50
"""Files that are tried as the notebook of one submission."""
MAX_REPAIRED = 32 << 20
"""Bytes of a damaged notebook that mending is tried on; it takes several times as many."""
MAX_SCRIPT = 1 << 20
"""Bytes of a script."""
MAX_MODULES = 1 << 20
"""Bytes of all modules that lie with a notebook."""
MAX_CELLS = 3_000
"""Code cells of a notebook."""
MAX_SOURCE = 2_000_000
"""Characters of all code cells together; nobody writes a tenth of that."""
CHUNK = 1 << 20


class Bounds(msgspec.Struct, frozen=True):
    """How large an archive's list of files may be.

    Attributes:
        header: bytes of a zip's table of contents.
        end: bytes of a tar, unpacked: its list is found by going through it.
        members: files.
    """

    header: int
    end: int
    members: int


OF_ONE = Bounds(16 << 20, MAX_TOTAL + (16 << 20), MAX_MEMBERS)
"""An archive of one student."""
OF_CLASS = Bounds(128 << 20, 1 << 40, 1_000_000)
"""The export of a whole class, which a platform has made."""


class Budget:
    """What one submission may still unpack, in bytes and in files."""

    def __init__(self, total: int = MAX_TOTAL, members: int = MAX_MEMBERS):
        self._total, self._members = total, members

    def take(self, name: str, *, size: int = 0, members: int = 0) -> None:
        """Note that so much more is there. Raises ArchiveBomb if that is too much."""
        self._total -= size
        self._members -= members
        if self._total < 0:
            raise ArchiveBomb(f"{name}: unpacks to more than {MAX_TOTAL >> 20} MiB; hand in the notebook alone")
        if self._members < 0:
            raise ArchiveBomb(f"{name}: holds more than {MAX_MEMBERS:,} files; hand in the notebook alone")
