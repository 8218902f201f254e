"""A tier is held by a control group of version 2 also from the topmost group that a process sees, as in a container."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.rehearsal import groups

_FILES = {"memory": "memory.max", "pids": "pids.max", "hugetlb": "hugetlb.2MB.max"}
_CONTAINER = """
umount {mounted}; mount -t cgroup2 none {mounted} && exec {python} -c '
import subprocess
from contextlib import ExitStack
from pathlib import Path
from autograder.rehearsal import groups

top, undo = Path("{mounted}"), ExitStack()
assert Path("/proc/self/cgroup").read_text().splitlines()[-1] == "0::/"
held = lambda: set((top / "cgroup.procs").read_text().split())
before = held()
assert str(groups.os.getpid()) in before
group = groups._make("{controller}", {{"{file}": "0"}}, {{}}, undo)
assert (group / "{file}").read_text() == "0\\n" and not held()
said = subprocess.check_output(["/bin/sh", "-c", f"echo 0 > {{group}}/cgroup.procs; cat /proc/self/cgroup"], text=True)
assert said.splitlines()[-1] == f"0::/{{group.name}}", said
groups._remove(group)
undo.close()
assert held() == before and not [path for path in top.iterdir() if path.is_dir()]
print("held, and as before")
'
"""


@contextmanager
def _group(mounted: Path, controller: str) -> Iterator[Path]:
    """A group with this controller to put a container into."""
    folder = mounted / f"container-{os.getpid()}"
    folder.mkdir()
    before = (mounted / "cgroup.subtree_control").read_text().split()
    try:
        (mounted / "cgroup.subtree_control").write_text(f"+{controller}")
        yield folder
    finally:
        groups._remove(folder)
        if controller not in before:
            (mounted / "cgroup.subtree_control").write_text(f"-{controller}")


def test_in_a_container_the_group_at_the_top_is_emptied_and_filled_again() -> None:
    """The kernel lets no group hold processes and hand controllers down; in the end all are where they were."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    mounted = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
    if os.geteuid() != 0 or mounted is None:
        pytest.skip("needs root and control groups of version 2")
    controller = next((one for one in _FILES if one in (mounted / "cgroup.controllers").read_text().split()), None)
    if controller is None:
        pytest.skip("all controllers of this machine are bound to version 1")
    script = _CONTAINER.format(mounted=mounted, python=sys.executable, controller=controller, file=_FILES[controller])
    try:
        with _group(mounted, controller) as group:
            inside = f'echo $$ > {group}/cgroup.procs && exec unshare --cgroup --mount /bin/sh -c "$SCRIPT"'
            run = subprocess.run(["/bin/sh", "-c", inside], env={**os.environ, "SCRIPT": script}, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    if "unshare failed" in run.stderr or "mount:" in run.stderr:
        pytest.skip(f"no namespaces or mounts here: {run.stderr}")
    assert run.stdout == "held, and as before\n", run.stderr
