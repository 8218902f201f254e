"""A file that was handed in is read again exactly when it could be another one."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from autograder.grading import digests
from autograder.grading.digests import FILE, Digests
from autograder.submissions import Found, digest_of


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the submissions that were read, in their order."""
    names: list[str] = []

    def noted(found: Found) -> str | None:
        names.append(found.name)
        return digest_of(found)

    monkeypatch.setattr(digests, "digest_of", noted)
    return names


def handed_in(path: Path, content: bytes = b"{}") -> Found:
    path.write_bytes(content)
    return Found(path.stem, str(path))


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute go by, for the grader's clock."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 60 * 10**9)


def test_a_file_is_read_once_by_all_runs(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digest is that of its bytes, in each of three runs, of which the first alone reads it."""
    one = handed_in(tmp_path / "one.ipynb", b"abc")
    settle(monkeypatch)
    assert {Digests(tmp_path).of(one) for _ in range(3)} == {hashlib.sha256(b"abc").hexdigest()}
    assert read == ["one"]


def test_a_file_that_was_changed_is_read_again_whatever_its_times_say(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another content of the same length, with the old time of change put back; and another file in its place."""
    path = tmp_path / "one.ipynb"
    one = handed_in(path, b"abc")
    settle(monkeypatch)
    assert Digests(tmp_path).of(one) == hashlib.sha256(b"abc").hexdigest()
    before = path.stat()
    path.write_bytes(b"xyz")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Digests(tmp_path).of(one) == hashlib.sha256(b"xyz").hexdigest()
    (tmp_path / "other").write_bytes(b"uvw")
    os.utime(tmp_path / "other", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "other").replace(path)
    assert Digests(tmp_path).of(one) == hashlib.sha256(b"uvw").hexdigest()
    assert read == ["one"] * 3


def test_a_file_that_was_just_changed_is_not_relied_on(tmp_path: Path, read: list[str]) -> None:
    """The next change could come within the same tick of the file system's clock."""
    one = handed_in(tmp_path / "one.ipynb")
    for _ in range(2):
        Digests(tmp_path).of(one)
    assert read == ["one", "one"] and not (tmp_path / FILE).exists()


def test_what_was_read_while_it_changed_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest that a judge found may be that of the file before."""
    path = tmp_path / "one.ipynb"
    one = handed_in(path, b"abc")
    settle(monkeypatch)
    known = Digests(tmp_path)
    known.begin(one)
    path.write_bytes(b"abcd")
    known.end(one, hashlib.sha256(b"abc").hexdigest())
    assert known.of(one) == hashlib.sha256(b"abcd").hexdigest()


def test_a_grading_tells_the_digest_to_later_runs(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a judge has read needs no reading by the run that resumes; one that could not be read is tried again."""
    one, other = handed_in(tmp_path / "one.ipynb", b"abc"), handed_in(tmp_path / "other.ipynb", b"")
    settle(monkeypatch)
    known = Digests(tmp_path)
    for each, digest in ((one, hashlib.sha256(b"abc").hexdigest()), (other, "")):
        known.begin(each)
        known.end(each, digest)
    assert Digests(tmp_path).of(one) == hashlib.sha256(b"abc").hexdigest() and read == []
    Digests(tmp_path).of(other)
    assert read == ["other"]


def test_folders_and_parts_of_exports_are_always_read(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Their own times do not tell of what is in them."""
    folder = tmp_path / "in"
    folder.mkdir()
    handed_in(folder / "one.ipynb")
    settle(monkeypatch)
    for _ in range(2):
        known = Digests(tmp_path)
        known.of(Found("all", str(folder)))
        known.of(Found("part", str(folder), members=("one.ipynb",)))
    assert read == ["all", "part"] * 2


@pytest.mark.parametrize("damage", [b"", b"nonsense\n", b"\xff\x00", b"00000000 []\n"])
def test_a_damaged_file_of_digests_costs_reading_and_no_more(
    tmp_path: Path, read: list[str], damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed digest is not believed, nor is a line that was torn."""
    one = handed_in(tmp_path / "one.ipynb", b"abc")
    settle(monkeypatch)
    Digests(tmp_path).of(one)
    line = (tmp_path / FILE).read_bytes()
    right = hashlib.sha256(b"abc").hexdigest().encode()
    (tmp_path / FILE).write_bytes(damage + line.replace(right, b"0" * 64) + line[:-20])
    assert Digests(tmp_path).of(one).encode() == right
    assert read == ["one", "one"]


def test_the_file_of_digests_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that no file needs any more are left out before they are many."""
    path = tmp_path / "one.ipynb"
    settle(monkeypatch)
    monkeypatch.setattr(digests, "_STALE", 5)
    for number in range(20):
        assert Digests(tmp_path).of(handed_in(path, b"%d" % number)) == hashlib.sha256(b"%d" % number).hexdigest()
    assert len((tmp_path / FILE).read_bytes().splitlines()) <= 8
