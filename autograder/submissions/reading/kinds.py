"""Takes the first bytes of a file and says what it is; a file's name may say anything."""

from __future__ import annotations

from enum import StrEnum

HEAD = 1024
"""Bytes that tell."""


class Kind(StrEnum):
    """What can be read."""

    TEXT = "text"
    """A notebook or a script: text is told apart by what it says."""
    ZIP = "a zip archive"
    TAR = "a tar archive"
    GZIP = "a gzip file"


_READ = ((b"PK\x03\x04", Kind.ZIP), (b"PK\x05\x06", Kind.ZIP), (b"\x1f\x8b", Kind.GZIP))
_OTHER = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"BM", "an image"), (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"), (b"RIFF", "a picture, a sound or a film"), (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film or an image"), (b"\x00\x00\x00\x1cftyp", "a film or an image"),
    (b"Rar!", "a rar archive"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"{\\rtf", "a Rich Text document"), (b"\x7fELF", "a program"),
    (b"MZ", "a program"), (b"SQLite format 3", "a database"), (b"\x89HDF", "an HDF5 file"), (b"bplist", "a property list"),
    (b"\x00\x05\x16\x07", "an AppleDouble file without the notebook that belongs to it"),
    (b"version https://git-lfs", "a pointer of Git LFS and not the file itself"),
)  # fmt: skip
_WORDS = frozenset({b"BM", b"MZ", b"II*\x00", b"MM\x00*", b"RIFF", b"BZh"})
"""Beginnings that a text may have too: they count only where there are bytes that no text holds."""


def sniff(head: bytes) -> Kind | str:
    """The kind of a file that begins with `head`, or, of one that cannot be read, what it is in words."""
    for start, kind in _READ:
        if head.startswith(start):
            return kind
    if head[257:262] == b"ustar":
        return Kind.TAR
    binary = b"\x00" in head[:64] or any(byte < 9 for byte in head[:64])
    for start, words in _OTHER:
        if head.startswith(start) and (start not in _WORDS or binary):
            return words
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "a web page"
    return Kind.TEXT
