"""A rehearsal that was killed leaves nothing that runs, and what lies about is removed by the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.rehearsal.groups import group_of
from autograder.rehearsal.leftovers import PREFIX, group_name, remove_groups
from autograder.rehearsal.stage import stage
from autograder.rehearsal.tiers import TIERS
from tests.rehearsal.test_stage import wait_for

AT_WORK = """
import sys, time
from pathlib import Path
from autograder.rehearsal.stage import stage
from autograder.rehearsal.tiers import TIERS
with stage(Path(sys.argv[1])) as made, made.started("/bin/sleep", "1000", tier=TIERS[0]) as running:
    print(running.process.pid, flush=True)
    time.sleep(1000)
"""


@contextmanager
def _rehearsing(bundle: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A rehearsal at work, as a process of its own, and the process that holds what runs in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(bundle)], env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_next_rehearsal_removes_what_a_killed_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder and control groups go, as its processes and mounts have; what one that is still at work uses stays."""
    bundle, folder = tmp_path / "some-bundle.zip", tmp_path / "tmp"
    folder.mkdir()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("Dockerfile", "FROM x\n")
    with _rehearsing(bundle, folder) as (killed, inside), _rehearsing(bundle, folder) as (living, _):
        both = set(folder.glob(f"{PREFIX}*"))
        assert len(both) == 2
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        wait_for(lambda: not _is_running(inside))
        assert set(folder.glob(f"{PREFIX}*")) == both
        assert not [line for line in Path("/proc/mounts").read_text().splitlines() if str(folder) in line]
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        with stage(bundle) as made:
            assert made.folder.is_dir() and len(set(folder.glob(f"{PREFIX}*")) & both) == 1
        with group_of(TIERS[0]) as group:
            beside = [path.name for folder in group.folders.values() for path in folder.parent.glob(f"{PREFIX}*")]
            assert not [name for name in beside if name.startswith(f"{PREFIX}{killed.pid}-")]
            assert not group.folders or [name for name in beside if name.startswith(f"{PREFIX}{living.pid}-")]
        assert living.poll() is None
    with stage(bundle):
        assert len(list(folder.glob(f"{PREFIX}*"))) == 1
    assert not list(folder.iterdir())


def test_groups_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path: Path) -> None:
    """Told apart by the process that made them, for a group is empty before it is joined."""
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    mine, theirs, other = tmp_path / group_name("a"), tmp_path / f"{PREFIX}{ended.pid}-b", tmp_path / f"{PREFIX}odd"
    for folder in (mine, theirs, other):
        folder.mkdir()
    remove_groups(tmp_path)
    assert [folder.exists() for folder in (mine, theirs, other)] == [True, False, True]
