"""What a rehearsal says: the verdict, by how much the smallest container is missed and why, and everything that was weaker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.rehearsal import Rehearsal, Trial
from autograder.rehearsal.memory import Memory, _zeros
from autograder.rehearsal.stage import Ran
from autograder.rehearsal.table import lines
from autograder.rehearsal.tiers import TIERS
from autograder.reports.gradescope import GradescopeResults

FULL = GradescopeResults(score=100)
CUDA = "/opt/site-packages/nvidia/cu13/lib/libcublasLt.so.13"
SMALL, LARGE = TIERS[:2]


def trial(place: int, memory: Memory, *, kills: int = 0, again: bool | None = True) -> Trial:
    ran = Ran(0, 12.5, memory, "", kills, ("memory is not held to the tier: no control group can be made (Read-only)",))
    wrong = (*TIERS[place].shortfalls(12.5, memory.total, 600), *(["memory was used up"] if kills else []))
    return Trial(TIERS[place], ran, FULL, wrong, None if wrong else again)


def found(*trials: Trial, attacks: Ran | None = None) -> Rehearsal:
    setup = (("/autograder/source/setup.sh", Ran(0, 7.0, Memory(), "setup: Python 3.11.2\n")),)
    return Rehearsal("unshare: Operation not permitted", (Path("/opt/site-packages"),), setup, 600.0, trials, attacks)


def test_the_smallest_container_is_missed_by_so_much_and_why() -> None:
    """Memory by kind, the largest files, and what builds for graphics cards have that the platform's do not."""
    memory = Memory(700.0, 400.0, 20.0, {CUDA: 250.0, "/lib/libc.so": 30.0}, 250.0, 17)
    made = found(trial(0, memory), trial(1, memory))
    told = "\n".join(lines(made))
    assert made.safe == LARGE and made.well
    assert "0.5 CPU, 0.75 GB: a complete submission, cold: 100 points, 12.5 s of 600 s, 700 MiB" in told
    assert "not safe: 700 MiB is 86 MiB more than 80% of its 768 MiB" in told and "libcublasLt.so.13 250 MiB" in told
    assert "250 MiB of it is libraries for graphics cards" in told
    assert "0.5 CPU, 0.75 GB would do: about 450 MiB" in told and "reckoned, not tried" in told
    assert "NOT in a private root (unshare: Operation not permitted)" in told and "note: memory is not held to the tier" in told


def test_nothing_is_reckoned_where_something_else_was_wrong() -> None:
    """A run that the kernel ended says nothing of what a smaller one would do, and no safe tier means that staff must look."""
    memory = Memory(700.0, 400.0, 20.0, {CUDA: 250.0}, 250.0, 17)
    assert not any("would do" in line for line in lines(found(trial(0, memory, kills=1), trial(1, memory))))
    none = found(trial(0, memory))
    assert not none.well and "no tier that was tried is safe" in "\n".join(lines(none))


def test_other_marks_and_attacks_that_succeed_are_said_aloud() -> None:
    """Neither is a bundle to upload."""
    memory = Memory(300.0, 300.0, 0.0, {}, 0.0, 17)
    other = found(trial(0, memory, again=False))
    assert not other.well and "OTHER MARKS" in "\n".join(lines(other))
    attacked = found(trial(0, memory), attacks=replace(Ran(1, 9.0, memory, "succeeded: x\n"), kills=2))
    told = "\n".join(lines(attacked))
    assert not attacked.well and "SOMETHING IS WRONG (exit code 1)" in told and "2 processes ended by the kernel" in told


def test_room_behind_a_library_is_read_from_its_head(tmp_path: Path) -> None:
    """The C library asks for some; a file of another kind for none."""
    library = next(Path("/lib").glob("*-linux-gnu/libc.so.6"), None)
    assert library is None or 0 < _zeros(str(library)) < 1 << 20
    for content in (b"", b"\x7fELF", b"x" * 100):
        (tmp_path / "x.so").write_bytes(content)
        _zeros.cache_clear()
        assert _zeros(str(tmp_path / "x.so")) == 0
