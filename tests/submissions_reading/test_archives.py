"""Archives and folders of one student: the notebook in them is found, nothing leads out, nothing blocks, and no bomb goes off."""

from __future__ import annotations

import gzip
import io
import os
import socket
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import ArchiveBomb, SubmissionError
from autograder.submissions import Notebook, read_file
from autograder.submissions.reading import limits
from tests.submissions_reading.packing import encrypted, notebook, tarred, zipped

WORK = notebook("x = 1")
PACK: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda files: tarred(files, "w:gz"),
}


def _read(tmp_path: Path, content: bytes, name: str = "hw.zip") -> Notebook:
    (tmp_path / name).write_bytes(content)
    return read_file(tmp_path / name)


def _put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


LITTER = {
    "__MACOSX/a/._work.ipynb": b"\x00\x05\x16\x07", "a/._work.ipynb": b"\x00\x05\x16\x07", "a/.DS_Store": b"\x00",
    "a/.ipynb_checkpoints/work-checkpoint.ipynb": notebook("x = 2"), "a/__pycache__/work.py": b"x = 3",
}  # fmt: skip


@pytest.mark.parametrize("form", [*PACK, "folder"])
def test_the_notebook_is_found_below_folders_and_among_litter(form: str, tmp_path: Path) -> None:
    """What systems leave behind is nobody's work; a helper module is none either."""
    files = {"a/": b"", **LITTER, "a/b/c/work.ipynb": WORK, "a/helper.py": b"y = 1", "a/data.csv": b"1,2"}
    if form == "folder":
        files.pop("a/")
        found = read_file(_put(tmp_path / "hw", files))
    else:
        found = _read(tmp_path, PACK[form](files), f"hw.{form}")
    assert [cell.source for cell in found.cells] == ["x = 1"] and found.notes == () and len(found.digest) == 64


@pytest.mark.parametrize("form", PACK)
def test_an_archive_is_read_whatever_its_name_is(form: str, tmp_path: Path) -> None:
    """The first bytes decide: a zip that is called .ipynb is an archive, in a folder and in another archive too."""
    packed = PACK[form]({"work.ipynb": WORK})
    assert _read(tmp_path, packed, "work.ipynb").cells[0].source == "x = 1"
    assert _read(tmp_path, zipped({"a/work.ipynb": packed})).cells[0].source == "x = 1"
    assert read_file(_put(tmp_path / "folder", {"work.ipynb": packed})).cells[0].source == "x = 1"


def test_a_script_counts_where_there_is_no_notebook(tmp_path: Path) -> None:
    """And a notebook whose name a browser has changed where there is neither."""
    assert _read(tmp_path, zipped({"work.py": b"x = 1", "readme.txt": b"hello"})).cells[0].source == "x = 1"
    assert _read(tmp_path, zipped({"work.json": WORK, "readme.txt": b"hello"})).cells[0].source == "x = 1"
    assert _read(tmp_path, zipped({"work.ipynb.txt": WORK, "other.py": b"x = 2"})).cells[0].source == "x = 1"


def test_an_archive_without_a_notebook_says_what_it_holds(tmp_path: Path) -> None:
    """One line, with names; an Office document is an archive too."""
    for files, says in (
        ({"a/essay.pdf": b"%PDF"}, r"hw.zip: holds no notebook .* it holds a/essay.pdf"),
        ({}, "nothing was handed in"),
        ({"[Content_Types].xml": b"", "word/document.xml": b""}, "an Office document"),
        ({"work.ipynb": WORK[:-5]}, r"hw.zip: work.ipynb: a notebook that breaks off"),
    ):
        with pytest.raises(SubmissionError, match=says) as refused:
            _read(tmp_path, zipped(files))
        assert "\n" not in str(refused.value)


BAD = {
    "../work.ipynb": "leads out", "a/../../work.ipynb": "leads out", "/etc/work.ipynb": "leads out",
    "C:\\work.ipynb": "leads out", "c:work.ipynb": "leads out", "a\\..\\..\\work.ipynb": "leads out",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("form", PACK)
def test_a_path_that_leads_out_is_left_aside_with_a_note(form: str, name: str, tmp_path: Path) -> None:
    """The rest is graded; without a rest the line says why. Nothing is ever written to disk."""
    before = set(tmp_path.parent.rglob("*"))
    found = _read(tmp_path, PACK[form]({name: notebook("x = 2"), "ok.ipynb": WORK}))
    assert found.cells[0].source == "x = 1" and len(found.notes) == 1 and BAD[name] in found.notes[0]
    with pytest.raises(SubmissionError, match=BAD[name]):
        _read(tmp_path, PACK[form]({name: WORK}))
    assert set(tmp_path.parent.rglob("*")) - before <= {tmp_path, tmp_path / "hw.zip"}


SPECIAL = {
    "symbolic link": (tarfile.SYMTYPE, "/etc/passwd", "link"), "hard link": (tarfile.LNKTYPE, "ok.ipynb", "link"),
    "pipe": (tarfile.FIFOTYPE, "", "pipe"), "device": (tarfile.CHRTYPE, "", "device"), "disk": (tarfile.BLKTYPE, "", "device"),
}  # fmt: skip


@pytest.mark.parametrize("what", SPECIAL)
def test_links_and_devices_in_archives_are_left_aside_with_a_note(what: str, tmp_path: Path) -> None:
    """The file that they would lead to is not looked at."""
    kind, target, says = SPECIAL[what]
    found = _read(tmp_path, tarred({"ok.ipynb": WORK}, others={"bad.ipynb": (kind, target)}), "hw.tar")
    assert found.cells[0].source == "x = 1" and len(found.notes) == 1 and f"bad.ipynb is a {says}" in found.notes[0]
    if what == "symbolic link":
        found = _read(tmp_path, zipped({"ok.ipynb": WORK}, links={"bad.ipynb": target}))
        assert len(found.notes) == 1 and "bad.ipynb is a link" in found.notes[0]


def test_an_encrypted_member_is_left_aside_with_a_note(tmp_path: Path) -> None:
    """Without another the line says that it is encrypted."""
    files = {"bad.ipynb": WORK, "ok.ipynb": WORK}
    assert "bad.ipynb is encrypted" in _read(tmp_path, encrypted(zipped(files), "bad.ipynb")).notes[0]
    with pytest.raises(SubmissionError, match="is encrypted"):
        _read(tmp_path, encrypted(zipped({"bad.ipynb": WORK}), "bad.ipynb"))


def test_a_damaged_member_costs_only_itself(tmp_path: Path) -> None:
    """A checksum that is wrong, a size that is false; the other notebook is graded."""
    content = bytearray(zipped({"bad.ipynb": notebook("y = '" + "z" * 999 + "'"), "ok.ipynb": WORK}))
    content[60] ^= 0xFF
    found = _read(tmp_path, bytes(content))
    assert found.cells[0].source == "x = 1" and "bad.ipynb" in found.notes[0]


@pytest.mark.parametrize("form", PACK)
def test_an_archive_that_breaks_off_is_refused_in_a_line(form: str, tmp_path: Path) -> None:
    """Wherever it is cut: a line, or, of a tar, the notebook if it was there before the cut."""
    packed = PACK[form]({"ok.ipynb": WORK, "more.bin": os.urandom(5000)})
    for cut in range(3, len(packed), 97):
        try:
            assert _read(tmp_path, packed[:cut]).cells[0].source == "x = 1"
        except SubmissionError as error:
            assert "\n" not in str(error)


def _nested(depth: int) -> bytes:
    content = zipped({"work.ipynb": WORK})
    for _ in range(depth):
        content = zipped({"inner.zip": content})
    return content


def test_archives_within_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    """A zip within a zip is often handed in; one that has no end is a bomb."""
    assert _read(tmp_path, _nested(limits.MAX_DEPTH)).cells[0].source == "x = 1"
    with pytest.raises(ArchiveBomb, match="within each other"):
        _read(tmp_path, _nested(limits.MAX_DEPTH + 1))


def _claiming(size: int) -> bytes:
    """A zip whose only member says that it unpacks to so many bytes."""
    content = bytearray(zipped({"work.ipynb": WORK}))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(content)


def _zeros(megabytes: int) -> bytes:
    """A gzip file of so many zeros."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="w") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20))
    return target.getvalue()


def _tar_of_zeros(claimed: int) -> bytes:
    info = tarfile.TarInfo("zeros.bin")
    info.size = claimed
    return gzip.compress(info.tobuf() + bytes(64 << 20)) + gzip.compress(tarred({"work.ipynb": WORK}))


BOMBS: dict[str, Callable[[], bytes]] = {
    "ratio": lambda: zipped({"zeros.bin": bytes(limits.FREE + 1), "work.ipynb": WORK}),
    "claims gigabytes": lambda: _claiming((1 << 32) - 2),
    "ratio in a zip within": lambda: zipped({"inner.zip": zipped({"zeros.bin": bytes(limits.FREE + 1)}), "work.ipynb": WORK}),
    "ratio of a tar": lambda: tarred({"zeros.bin": bytes(limits.FREE + 1), "work.ipynb": WORK}, "w:gz"),
    "a tar that claims gigabytes": lambda: _tar_of_zeros(5 << 30),
    "a gzip file": lambda: _zeros(100),
    "members": lambda: gzip.compress(tarfile.TarInfo("empty.bin").tobuf() * (limits.MAX_MEMBERS + 1)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_refuses_the_whole(what: str, tmp_path: Path) -> None:
    """By what it claims or by what comes out of it, one line, though a sound notebook lies beside it."""
    with pytest.raises(ArchiveBomb) as refused:
        _read(tmp_path, BOMBS[what]())
    assert "hand in the notebook alone" in str(refused.value) and "\n" not in str(refused.value)


def test_a_false_size_or_table_of_contents_takes_no_memory(tmp_path: Path) -> None:
    """A member that holds more than it says is damaged; a table or a header of gigabytes is not read."""
    with pytest.raises(SubmissionError, match=r"cannot be unpacked"):
        _read(tmp_path, _claiming(5))
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 100 << 20
    with pytest.raises(SubmissionError, match="out of all proportion"):
        _read(tmp_path, gzip.compress(info.tobuf() + bytes(100 << 20)), "hw.tar.gz")
    end = bytearray(zipped({"work.ipynb": WORK}))
    at = end.rfind(b"PK\x05\x06")
    end[at + 12 : at + 16] = (limits.OF_ONE.header * 2).to_bytes(4, "little")
    with pytest.raises(SubmissionError):
        _read(tmp_path, bytes(limits.OF_ONE.header * 2) + bytes(end), "hw2.zip")


def test_a_tar_that_points_back_into_itself_has_an_end(tmp_path: Path) -> None:
    """A member of a negative size would be read for ever."""
    info = tarfile.TarInfo("work.ipynb")
    header = bytearray(info.tobuf())
    header[124:136] = b"\xff" * 10 + b"\xfe\x00"  # -512, in base 256
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header[:512])
    with pytest.raises(SubmissionError):
        _read(tmp_path, bytes(header) * 4, "hw.tar")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods_are_left_aside(method: int, tmp_path: Path) -> None:
    """Some of them reserve as much memory as the archive asks for."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("work.ipynb", WORK)
    with pytest.raises(SubmissionError, match="in a way that is not read"):
        _read(tmp_path, target.getvalue())


def test_what_is_no_file_in_a_folder_is_left_aside_and_never_blocks(tmp_path: Path) -> None:
    """Pipes, sockets, links that lead out, in circles or to devices; a link to a file within the folder is followed."""
    (tmp_path / "secret.ipynb").write_bytes(notebook("secret = 1"))
    folder = _put(tmp_path / "hw", {"ok.ipynb": WORK})
    os.mkfifo(folder / "pipe.ipynb")
    for name, target in {
        "out.ipynb": tmp_path / "secret.ipynb", "up.ipynb": Path("../secret.ipynb"), "round.ipynb": Path("round.ipynb"),
        "device.ipynb": Path("/dev/zero"), "folder": tmp_path, "self": Path(),
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s.ipynb"))
        found = read_file(folder)
    assert [cell.source for cell in found.cells] == ["x = 1"]
    assert any("pipe.ipynb is a pipe" in note for note in found.notes) and any("leads out" in note for note in found.notes)
    (folder / "ok.ipynb").rename(folder / "kept.txt")
    (folder / "link.ipynb").symlink_to("kept.txt")
    assert read_file(folder).cells[0].source == "x = 1"


def test_a_path_to_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """Reading a pipe that nobody writes into would wait for ever."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path, says in ((tmp_path / "pipe.ipynb", "a pipe"), (Path("/dev/zero"), "a device")):
        with pytest.raises(SubmissionError, match=says):
            read_file(path)


def test_a_member_without_a_name_is_passed_by(tmp_path: Path) -> None:
    """Its archive is read all the same."""
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"nothing")
        archive.writestr("work.ipynb", b'{"cells": [{"cell_type": "code", "source": "x = 1"}], "metadata": {}, "nbformat": 4}')
    assert [cell.source for cell in read_file(path).cells] == ["x = 1"]
