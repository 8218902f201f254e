"""Gives a run a folder that is marked as in use, and removes folders of runs that ended without anybody to clear up after them.

A run removes its own folder. Where it is killed, the folder stays; the next run of its kind on the machine removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

LOCK = "in-use"
"""A file in the folder, locked by the run that works there, and by nobody once that has ended, however it ended."""


def make_run_folder(prefix: str) -> tuple[Path, int]:
    """A folder below the system's temporary folder, and the descriptor that holds it.

    It is in use until that is closed, in this process and in all its forks that keep it. Other users can reach what is in it.
    """
    root = Path(tempfile.mkdtemp(prefix=prefix))
    new = root / ".new"
    descriptor = os.open(new, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    new.rename(root / LOCK)  # nobody sees it before it is locked
    root.chmod(0o711)
    return root, descriptor


def remove_abandoned(prefix: str) -> list[Path]:
    """Remove folders of runs that nobody is using any more; those that were removed."""
    removed = []
    for lock in Path(tempfile.gettempdir()).glob(f"{prefix}*/{LOCK}"):
        root = lock.parent
        with contextlib.suppress(OSError):
            if root.is_symlink() or root.stat().st_uid != os.geteuid():
                continue
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(root, ignore_errors=True)
                removed.append(root)
            finally:
                os.close(descriptor)
    return removed
