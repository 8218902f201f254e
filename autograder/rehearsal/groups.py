"""Holds processes to a tier by control groups, of either version, where they may be made.

Source: the kernel's admin guide, cgroup-v1/memory, scheduler/sched-bwc and cgroup-v2.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.rehearsal.leftovers import group_name, remove_groups
from autograder.rehearsal.tiers import Tier

_PERIOD = 100_000
"""Microseconds in which a group may use its share of the processor."""


@dataclass(frozen=True)
class Group:
    """What holds a tier.

    Attributes:
        folders: of the groups that a process joins, by what they hold.
        missing: what is not held, one sentence each.
    """

    folders: dict[str, Path] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def joins(self) -> tuple[str, ...]:
        """Files that a process writes 0 into to join."""
        return tuple(dict.fromkeys(str(folder / "cgroup.procs") for folder in self.folders.values()))

    @property
    def kills(self) -> int:
        """How many processes the kernel has ended because memory was used up."""
        folder = self.folders.get("memory", Path())
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError, ValueError):
                lines = (folder / name).read_text().splitlines()
                return int(dict(line.split(" ", 1) for line in lines).get("oom_kill", 0))
        return 0


@contextmanager
def group_of(tier: Tier | None) -> Iterator[Group]:
    """A group that holds a tier, as far as this machine lets it be held; for None nothing is held."""
    if tier is None:
        yield Group()
        return
    folders: dict[str, Path] = {}
    missing, here, undo = [], len(os.sched_getaffinity(0)), ExitStack()
    if here < tier.cores:
        missing.append(f"cpu: of {tier.cores:g} cores this machine has {here}, so it takes longer here")
    quota = round(tier.cores * _PERIOD)
    for what, settings in (
        ("memory", {"memory.max": tier.mib << 20, "memory.swap.max": 0, "memory.limit_in_bytes": tier.mib << 20}),
        ("cpu", {"cpu.max": f"{quota} {_PERIOD}", "cpu.cfs_period_us": _PERIOD, "cpu.cfs_quota_us": quota}),
    ):
        try:
            folders[what] = _make(what, {name: str(value) for name, value in settings.items()}, folders, undo)
        except OSError as error:
            missing.append(f"{what} is not held to the tier: no control group can be made ({error.strerror or error})")
    with undo:
        try:
            yield Group(folders, tuple(missing))
        finally:
            for folder in dict.fromkeys(folders.values()):
                _remove(folder)


def _make(what: str, settings: dict[str, str], made: dict[str, Path], undo: ExitStack) -> Path:
    """The folder of a group in which those of the settings are made that this version has. Raises OSError if it cannot be.

    `undo` takes what is to be done once the group is gone.
    """
    reason: OSError = FileNotFoundError(2, f"there is no controller for {what}")
    for parent in _parents(what, undo):
        known = next((folder for folder in made.values() if folder.parent == parent), None)
        remove_groups(parent)
        folder = known or parent / group_name(secrets.token_hex(4))
        try:
            if known is None:
                folder.mkdir()
            there = {name: value for name, value in settings.items() if (folder / name).exists()}
            if not there:
                raise FileNotFoundError(2, f"there is no controller for {what}")
            for name, value in there.items():
                (folder / name).write_text(value)
        except OSError as error:
            reason = error
            if known is None and folder.is_dir():
                _remove(folder)
            continue
        return folder
    raise reason


def _parents(what: str, undo: ExitStack) -> Iterator[Path]:
    """Folders in which a group for this may be made: of version 1, then of version 2, where it has to be handed down first."""
    own = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if what in controllers.split(","):
            yield Path(f"/sys/fs/cgroup/{controllers}") / path.lstrip("/")
        elif not controllers:
            for root in (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")):
                here = root / path.lstrip("/")
                for folder in dict.fromkeys((here, here.parent if here != root else here)):
                    if (folder / "cgroup.controllers").exists():
                        with contextlib.suppress(OSError):
                            _hand_down(folder, what)
                        yield folder
                own.append(here)
    for folder in own:  # a container's own group is the topmost that it sees, and its processes are in it
        with contextlib.suppress(OSError):
            if what in (folder / "cgroup.controllers").read_text().split() and (folder / "cgroup.type").exists():
                undo.enter_context(_emptied(folder))
                _hand_down(folder, what)
                yield folder


def _hand_down(folder: Path, what: str) -> None:
    (folder / "cgroup.subtree_control").write_text(f"+{what}")


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    """Its processes are in a group below it for as long: a group that hands controllers down may hold none itself.

    In the end it hands nothing down, as before, whatever it was made to meanwhile.
    """
    aside = folder / group_name("aside")
    aside.mkdir()
    try:
        _move(folder, aside)
        yield
    finally:
        handed = folder / "cgroup.subtree_control"
        with contextlib.suppress(OSError):
            handed.write_text(" ".join(f"-{what}" for what in handed.read_text().split()))
        _move(aside, folder)
        _remove(aside)


def _move(old: Path, new: Path) -> None:
    for _ in range(10):  # those that are moved may make others meanwhile
        pids = [pid for pid in (old / "cgroup.procs").read_text().split() if pid != "0"]  # 0: of another namespace
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(OSError):  # it has ended
                (new / "cgroup.procs").write_text(pid)


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
            return
        except OSError:  # processes that were killed are not gone yet
            time.sleep(0.1)
