"""A submission that was packed here reads there as it would have here: the same notebook, digest and notes, or the same line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions import Found, Notebook, find_submissions, read_submission
from autograder.submissions.reading import packing as packs
from autograder.submissions.reading.packing import pack
from autograder.submissions.reading.parcel import unpack
from tests.submissions_reading.exports import canvas, gradescope
from tests.submissions_reading.packing import encrypted, notebook, tarred, zipped

WORK, OTHER = notebook("x = 1\nx", "import helper"), notebook("y = 2")
HELPER = {"helper.py": b"def f(): pass\n"}


def _corrupt(archive: bytes, name: bytes) -> bytes:
    """The zip archive with a byte of one member's content changed."""
    at = archive.index(name) + len(name) + 9
    return archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1 :]


FILES: Mapping[str, bytes] = {
    "notebook.ipynb": WORK,
    "notebook (1).ipynb.txt": WORK,
    "script.py": b"# %%\nx = 1\n",
    "damaged.ipynb": WORK[:-3],
    "empty.ipynb": b"",
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "archive.zip": zipped({"a/work.ipynb": WORK, "a/other.ipynb": OTHER, "a/broken.ipynb": b"{", **HELPER, "b.png": b"0"}),
    "linked.zip": zipped({"work.ipynb": WORK}, {"out.ipynb": "/etc/passwd"}),
    "corrupt.zip": _corrupt(zipped({"work.ipynb": WORK, "other.ipynb": OTHER}), b"other.ipynb"),
    "encrypted.zip": encrypted(zipped({"work.ipynb": WORK}), "work.ipynb"),
    "archive.tar.gz": tarred({"work.ipynb": WORK, **HELPER}, "w:gz"),
    "bomb.zip": zipped({"work.ipynb": b" " * (100 << 20)}),
    "not UTF-8 \udcff.ipynb": WORK,
}


def _read(found: Found) -> Notebook | str:
    try:
        return read_submission(found)
    except SubmissionError as error:
        return str(error)


def _there(found: Found, folder: Path) -> Notebook | str:
    folder.mkdir()
    return _read(unpack(pack(found), "1", folder))


@pytest.mark.parametrize("name", FILES)
def test_a_file(name: str, tmp_path: Path) -> None:
    """Notebooks, scripts and archives, sound ones and others, under the names that they have."""
    path = tmp_path / name
    path.write_bytes(FILES[name])
    (found,) = find_submissions([path])
    assert _there(found, tmp_path / "there") == _read(found)


@pytest.mark.parametrize("name", [name for name in FILES if "\udcff" not in name])
def test_a_file_that_is_too_large_to_travel_whole(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it travels in parts, and reads the same."""
    path = tmp_path / name
    path.write_bytes(FILES[name])
    (found,) = find_submissions([path])
    monkeypatch.setattr(packs, "MAX_BYTES", -1)
    assert _there(found, tmp_path / "there") == _read(found)


@pytest.mark.parametrize("files", [gradescope(WORK, OTHER), canvas(WORK, OTHER)], ids=["gradescope", "canvas"])
@pytest.mark.parametrize("archive", [False, True], ids=["folder", "archive"])
def test_each_submission_of_an_export(files: Mapping[str, bytes], archive: bool, tmp_path: Path) -> None:
    """No more of the export travels than what belongs to one student."""
    export = tmp_path / ("export.zip" if archive else "export")
    if archive:
        export.write_bytes(zipped(files))
    for name, content in files.items() if not archive else ():
        (export / name).parent.mkdir(parents=True, exist_ok=True)
        (export / name).write_bytes(content)
    found = find_submissions([export])
    assert len(found) >= 3
    for number, one in enumerate(found):
        assert _there(one, tmp_path / str(number)) == _read(one)
    packed = [pack(one) for one in found]
    assert sum(one.count(WORK) + one.count(OTHER) for one in packed) == sum(name.endswith(".ipynb") for name in files)


def test_a_folder_with_all_that_may_lie_in_one(tmp_path: Path) -> None:
    """A module beside the notebook, a link that leads out, a pipe, a picture."""
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "work.ipynb").write_bytes(WORK)
    (folder / "helper.py").write_bytes(HELPER["helper.py"])
    (folder / "below" / "other.ipynb").write_bytes(OTHER)
    (folder / "picture.png").write_bytes(b"0" * 1000)
    (folder / "out.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.ipynb")
    found = Found("folder", str(folder))
    here = _read(found)
    assert isinstance(here, Notebook) and here.modules and any("pipe.ipynb" in note for note in here.notes)
    assert _there(found, tmp_path / "there") == here
    assert b"0" * 1000 not in pack(found) and b"root:" not in pack(found)


def test_what_is_no_file(tmp_path: Path) -> None:
    """What is gone, and a pipe, which is not opened: the line is the one that it would be here."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    for number, name in enumerate(("gone.ipynb", "pipe.ipynb")):
        found = Found("one", str(tmp_path / name))
        said = _read(found)
        assert isinstance(said, str) and name in said
        assert _there(found, tmp_path / str(number)) == said


def test_no_file_is_taken_for_a_parcel(tmp_path: Path) -> None:
    """A student who hands in the bytes of a parcel has handed in bytes."""
    inner = tmp_path / "inner.ipynb"
    inner.write_bytes(WORK)
    outer = tmp_path / "outer.ipynb"
    outer.write_bytes(pack(Found("inner", str(inner))))
    assert isinstance(_there(Found("outer", str(outer)), tmp_path / "there"), str)
