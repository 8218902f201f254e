"""Files of lines that are added to and never trusted: each line has its checksum, and what is torn or damaged is as if not there.

Also what such lines say of a file: whether it is still the one that something was made from.
"""

from __future__ import annotations

import os
import zlib

import msgspec


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What changes when a file does: bytes, nanoseconds of its content's and its inode's last change, and the inode's number."""

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file with this status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def checked(content: bytes) -> bytes:
    """A line of this content, which must not have a line's end in it."""
    return b"%08x %s\n" % (zlib.crc32(content), content)


def content_of(line: bytes) -> bytes | None:
    """What a line holds; None if that is not what was written."""
    checksum, _, content = line.rstrip(b"\n").partition(b" ")
    try:
        return content if int(checksum, 16) == zlib.crc32(content) else None
    except ValueError:
        return None
