"""Reads zip, tar and gzip files in memory: their lists of files, each with the reason if it must not be read, and their bytes."""

from __future__ import annotations

import gzip
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from autograder.errors import ArchiveBomb, SubmissionError
from autograder.submissions.reading.kinds import HEAD, Kind, sniff
from autograder.submissions.reading.limits import CHUNK, FREE, MAX_BYTES, MAX_RATIO, MAX_TOTAL, OF_ONE, Bounds, Budget
from autograder.submissions.reading.sources import Entry, Source, is_litter, special, too_large

_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The others are not in use for this, and some of them reserve as much memory as the archive asks for."""


class Bounded:
    """A file of which no more than so many bytes are read at once, and none beyond a place.

    The libraries believe an archive's own figures: a table of contents or a header of some gigabytes would be read whole.
    """

    def __init__(self, file: IO[bytes], name: str, *, at_once: int, end: int | None = None, forward: bool = False):
        self._file, self._name, self._at_once, self._end, self._forward = file, name, at_once, end, forward
        self._furthest = 0

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes, all that are left if it is negative. Raises ArchiveBomb beyond the bounds."""
        wanted = self._at_once + 1 if size is None or size < 0 else size
        if wanted > self._at_once + 1:
            raise ArchiveBomb(f"{self._name}: its table of contents is out of all proportion; hand in the notebook alone")
        content = self._file.read(wanted)
        if len(content) > self._at_once:
            raise ArchiveBomb(f"{self._name}: its table of contents is out of all proportion; hand in the notebook alone")
        self._moved(self._file.tell())
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """As for any file. Raises SubmissionError where a tar archive would be read backwards: such a one has no end."""
        if self._end is not None and whence == 0:
            self._moved(offset, move=False)
        if self._forward and (whence or offset < self._furthest - 1):
            raise SubmissionError(f"{self._name}: a damaged archive: it points back into itself")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As for any file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Leave the file to whoever opened it."""

    def _moved(self, position: int, *, move: bool = True) -> None:
        if self._end is not None and position > self._end:
            raise ArchiveBomb(f"{self._name}: unpacks to more than {MAX_TOTAL >> 20} MiB; hand in the notebook alone")
        if move:
            self._furthest = max(self._furthest, position)


class Zip:
    """A zip archive."""

    def __init__(self, file: IO[bytes], name: str, *, bounds: Bounds):
        self._name = name
        bounded: Any = Bounded(file, name, at_once=bounds.header)
        try:
            self._zip = zipfile.ZipFile(bounded)
        except SubmissionError:
            raise
        except Exception as error:  # whatever a foreign parser says of bytes that were made for it
            raise SubmissionError(_damaged(name, "zip", error)) from error
        self._infos: dict[str, zipfile.ZipInfo] = {}

    def entries(self) -> Iterator[Entry]:
        """In the archive's order; of several of one name the last, as every program unpacks it."""
        entries: dict[str, Entry] = {}
        for info in self._zip.infolist():
            path = _plain(info.filename)
            if not path or info.is_dir() or is_litter(path.replace("..", "")):
                continue
            entries[path] = Entry(path, info.file_size, _refused(path) or _refused_zip(info), info.compress_size)
            self._infos[path] = info
        yield from entries.values()

    def read(self, entry: Entry) -> bytearray:
        """A file's bytes."""
        try:
            with self._zip.open(self._infos[entry.path]) as file:
                return _read(file, entry.path)
        except SubmissionError:
            raise
        except Exception as error:
            raise SubmissionError(f"{entry.path}: cannot be unpacked: {_said(error)}") from error


class Tar:
    """A tar archive, packed by gzip or not."""

    def __init__(self, file: IO[bytes], name: str, *, bounds: Bounds):
        self._file, self._name, self._bounds = file, name, bounds
        self._places: dict[str, int] = {}

    def entries(self) -> Iterator[Entry]:
        """In the archive's order; of several of one name the last."""
        entries: dict[str, Entry] = {}
        for path, member, _ in self._members():
            entries[path] = Entry(path, member.size, _refused(path) or _refused_tar(member))
            self._places[path] = member.offset
        yield from entries.values()

    def read(self, entry: Entry) -> bytearray:
        """A file's bytes. Every call goes through the archive from its start to there."""
        for path, member, archive in self._members():
            if member.offset == self._places[entry.path]:
                try:
                    if (file := archive.extractfile(member)) is not None:
                        return _read(file, path)
                except SubmissionError:
                    raise
                except Exception as error:
                    raise SubmissionError(f"{entry.path}: cannot be unpacked: {_said(error)}") from error
        raise SubmissionError(f"{entry.path}: cannot be unpacked: it is no longer in the archive")

    def _members(self) -> Iterator[tuple[str, tarfile.TarInfo, tarfile.TarFile]]:
        try:
            self._file.seek(0)
            bounded: Any = Bounded(_unpacked(self._file), self._name, at_once=CHUNK, end=self._bounds.end, forward=True)
            with tarfile.TarFile(fileobj=bounded) as archive:
                budget = Budget(members=self._bounds.members)
                while (member := archive.next()) is not None:
                    budget.take(self._name, members=1)
                    path = _plain(member.name.encode(errors="replace").decode())
                    if not member.isdir() and not is_litter(path.replace("..", "")):
                        yield path, member, archive
                    archive.members.clear()  # type: ignore[attr-defined]  # it keeps all that it has seen
        except SubmissionError:
            raise
        except Exception as error:
            raise SubmissionError(_damaged(self._name, "tar", error)) from error


class Gzip:
    """One file packed by gzip."""

    def __init__(self, file: IO[bytes], name: str):
        self._file, self._name = file, name

    def entries(self) -> Iterator[Entry]:
        """The file, by the archive's name without its ending."""
        yield Entry(re.sub(r"\.gz$", "", self._name.rpartition("/")[2], flags=re.IGNORECASE), 0)

    def read(self, entry: Entry) -> bytearray:
        """Its bytes."""
        try:
            return _read(_unpacked(self._file), entry.path)
        except SubmissionError:
            raise
        except Exception as error:
            raise SubmissionError(_damaged(self._name, "gzip", error)) from error


def open_archive(file: IO[bytes], name: str, bounds: Bounds = OF_ONE) -> Source | None:
    """The archive that begins at the start of `file`, by its first bytes; None if it is none."""
    file.seek(0)
    kind = sniff(file.read(HEAD))
    file.seek(0)
    if kind is Kind.ZIP:
        return Zip(file, name, bounds=bounds)
    if kind is Kind.GZIP:
        try:
            inner = sniff(_unpacked(file).read(HEAD))
        except (OSError, EOFError, zlib.error):
            inner = Kind.TEXT
        return Tar(file, name, bounds=bounds) if inner is Kind.TAR else Gzip(file, name)
    return Tar(file, name, bounds=bounds) if kind is Kind.TAR else None


def check_ratio(name: str, unpacked: int, packed: int) -> None:
    """Raise ArchiveBomb if so many bytes come out of so few."""
    if unpacked > max(FREE, packed * MAX_RATIO):
        raise ArchiveBomb(f"{name}: unpacks to {unpacked / max(1, packed):,.0f} times its size; hand in the notebook alone")


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """The bytes within gzip, or those of the file itself."""
    file.seek(0)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[return-value]  # it has all that is used here


def _read(file: IO[bytes], name: str) -> bytearray:
    content = bytearray()
    while piece := file.read(CHUNK):
        content += piece
        if len(content) > MAX_BYTES:
            raise SubmissionError(too_large(name))
    return content


def _plain(name: str) -> str:
    """With `/`, and without what means nothing in a path."""
    name = re.sub(r"[\x00-\x1f\x7f]", "_", name.replace("\\", "/"))
    while name.startswith("./"):
        name = name[2:]
    return name


def _refused(path: str) -> str:
    if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/"):
        return "has a path that leads out of the archive"
    return "" if path else "has no name"


def _refused_zip(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) and (words := special(mode)):
        return f"is {words} and no file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    return "" if info.compress_type in _METHODS else "is packed in a way that is not read"


def _refused_tar(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "is a link and no file"
    if member.isfifo():
        return "is a pipe and no file"
    if member.isdev():
        return "is a device and no file"
    return "is no ordinary file" if not member.isreg() or member.issparse() or member.size < 0 else ""


def _damaged(name: str, kind: str, error: Exception) -> str:
    return f"{name}: a damaged {kind} archive: {_said(error)}"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__
