"""Gives a rehearsal its folder, and removes those of rehearsals that were killed: nothing in, a folder in use out.

A killed rehearsal leaves no mounts and no processes where it had a private root, for the kernel ends both with it. Its folder
stays, and the control groups that it made; the next rehearsal on the machine removes them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PREFIX: Final = "autograder-rehearsal-"
_LOCK: Final = "in-use"
"""Locked by the rehearsal that works in the folder, and by nobody once that has ended, however it ended."""


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for one rehearsal, which is removed in the end; those that nobody uses any more are removed first."""
    remove_abandoned()
    outer = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    new = outer / ".new"
    descriptor = os.open(new, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        new.rename(outer / _LOCK)  # nobody sees it before it is locked
        root = outer / "root"
        root.mkdir()
        for folder in (outer, root):
            folder.chmod(0o711)  # workers have a user of their own, and must be able to reach the interpreter
        yield root
    finally:
        shutil.rmtree(outer, ignore_errors=True)
        os.close(descriptor)


def remove_abandoned() -> list[Path]:
    """Remove folders of rehearsals that have ended without removing them; those that were removed."""
    removed = []
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{_LOCK}"):
        outer = lock.parent
        with contextlib.suppress(OSError):
            if outer.is_symlink() or outer.stat().st_uid != os.geteuid():
                continue
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(outer, ignore_errors=True)
                removed.append(outer)
            finally:
                os.close(descriptor)
    return removed


def group_name(token: str) -> str:
    """Name of a control group of this process."""
    return f"{PREFIX}{os.getpid()}-{token}"


def remove_groups(parent: Path) -> None:
    """Remove control groups below `parent` whose process has ended; one that still holds something stays."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdecimal() and not Path("/proc", number).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
