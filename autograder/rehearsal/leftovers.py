"""Gives a rehearsal its folder, and removes those of rehearsals that were killed: nothing in, a folder in use out.

A killed rehearsal leaves no mounts and no processes where it had a private root, for the kernel ends both with it. Its folder
stays, and the control groups that it made; the next rehearsal on the machine removes them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from autograder.run_folders import make_run_folder, remove_abandoned

PREFIX: Final = "autograder-rehearsal-"


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for one rehearsal, which is removed in the end; those that nobody uses any more are removed first."""
    remove_abandoned(PREFIX)
    outer, descriptor = make_run_folder(PREFIX)
    try:
        root = outer.resolve() / "root"
        root.mkdir()
        root.chmod(0o711)  # workers have a user of their own, and must be able to reach the interpreter
        yield root
    finally:
        shutil.rmtree(outer, ignore_errors=True)
        os.close(descriptor)


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
