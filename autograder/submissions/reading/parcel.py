"""A submission as bytes that are read on another machine with the same outcome as where it lies: a parcel in, its files out.

`packing` makes them. A file that is read as a whole travels as it is, archives too; of a folder, and of what belongs to one
student in the export of a class, travels what reading it asks for: the list of files, and the bytes of those that may be the
notebook.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.errors import ArchiveBomb, SubmissionError
from autograder.submissions.found import Found, as_text
from autograder.submissions.reading.candidates import Opened
from autograder.submissions.reading.sources import Entry


class Refusal(msgspec.Struct, frozen=True):
    """Why something could not be read where it was packed.

    Attributes:
        bomb: whether nothing more of the submission may be read then.
    """

    text: str
    bomb: bool = False

    @classmethod
    def of(cls, error: SubmissionError) -> Refusal:
        """What an error says."""
        return cls(str(error), isinstance(error, ArchiveBomb))

    def error(self) -> SubmissionError:
        """The error again."""
        return ArchiveBomb(self.text) if self.bomb else SubmissionError(self.text)


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What reading asks of an opened submission; the first five as in `Opened`.

    Attributes:
        contents: bytes, by path.
        refused: why there are none, by path.
    """

    name: str
    size: int
    members: tuple[str, ...]
    lone: bool
    digest: str
    entries: tuple[Entry, ...]
    contents: dict[str, bytes]
    refused: dict[str, Refusal]


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that travels in one of three ways.

    Attributes:
        name: of the file, as the file system has it.
        whole: the file's bytes.
        parts: of a submission that is more, or less, than a file.
        failure: why there is nothing to be read.
    """

    name: bytes = b""
    whole: bytes | None = None
    parts: Parts | None = None
    failure: Refusal | None = None


class _Packed:
    """The files that travelled."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def entries(self) -> Iterator[Entry]:
        """As they were listed."""
        yield from self._parts.entries

    def read(self, entry: Entry) -> bytes:
        """A file's bytes, or the error that they ended in."""
        if refusal := self._parts.refused.get(entry.path):
            raise refusal.error()
        return self._parts.contents[entry.path]


def unpack(packed: bytes, name: str, folder: Path) -> Found:
    """Put a parcel into `folder`, which must be private and holds nothing else; what it is called there is its `name`."""
    parcel = msgspec.msgpack.decode(packed, type=Parcel)
    if parcel.whole is None:
        path = folder / "parcel"
        path.write_bytes(packed)
        return Found(name, as_text(path), parcel=True)
    path = folder / os.fsdecode(parcel.name)
    path.write_bytes(parcel.whole)
    return Found(name, as_text(path))


def open_parcel(path: Path) -> Opened:
    """A parcel that was put down, open. Raises SubmissionError if there was nothing to be packed."""
    parcel = msgspec.msgpack.decode(path.read_bytes(), type=Parcel)
    if parcel.parts is None:
        raise (parcel.failure or Refusal("nothing was handed in")).error()
    parts = parcel.parts
    return Opened(_Packed(parts), parts.name, parts.size, parts.members, parts.lone, digest=parts.digest)
