"""Marks a run's folder as in use, and removes folders of runs that ended without anybody to clear up after them.

A warden clears up after its grader, however that ended. Where both were killed at once (an out-of-memory killer, a container
that was stopped), the folder stays; the next grader on the machine removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "autograder-run-"
LOCK = "in-use"


def make_run_folder() -> Path:
    """A folder below the system's temporary folder. It is in use until this process and all its forks that keep it are gone."""
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    new = root / ".new"
    descriptor = os.open(new, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    new.rename(root / LOCK)  # nobody sees it before it is locked
    root.chmod(0o711)
    return root


def remove_abandoned() -> list[Path]:
    """Remove folders of runs that nobody is using any more; those that were removed."""
    removed = []
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
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
