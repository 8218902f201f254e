"""What this machine offers for confining student code, and user ids for workers that no other grader is using."""

from __future__ import annotations

import fcntl
import os
import pwd
import sys
from pathlib import Path

from autograder.errors import OtherSystem, SandboxUnavailable
from autograder.sandbox import landlock

_LOCKS = (Path("/run"), Path("/var/tmp"))
"""Where locks go. Not where TMPDIR points: graders with another one would take the same users, and end each other's workers."""


def check(unconfined: bool) -> bool:
    """Whether workers get a user of their own. Raises SandboxUnavailable where student code could not be kept away."""
    if sys.platform != "linux":
        raise OtherSystem(
            f"student code is confined with means that only Linux has, and this is {sys.platform}: "
            "grade, audit and calibrate on Linux, in a container if need be (`autograder generate` works here)"
        )
    root = os.geteuid() == 0
    if not root and not landlock.abi() and not unconfined:
        raise SandboxUnavailable(
            "student code could read and change the grader's files and memory: this grader is not root, so workers cannot "
            "get a user of their own, and the kernel has no Landlock. Run as root (a container will do), use a kernel from "
            "5.13 on with Landlock, or pass --unconfined to grade submissions that you trust"
        )
    return root


def check_interpreter(uid_drop: bool) -> None:
    """Raises SandboxUnavailable if a worker's user could not read the interpreter or its packages."""
    if not uid_drop:
        return
    for place in sorted(landlock.interpreter_folders()):
        path = Path(place).resolve()
        for folder in [path, *path.parents]:
            if not folder.stat().st_mode & 0o001:
                raise SandboxUnavailable(
                    f"the workers' user may not enter {folder}, where the interpreter or its packages are: make the "
                    "environment outside of it (the Makefile does), or open the folder with `chmod o+x`"
                )


class UserSlot:
    """A user id that belongs to one judge for as long as it holds the lock on a file.

    Attributes:
        uid: the id, which belongs to no account and to no other grader on this machine.
    """

    def __init__(self, first: int, last: int):
        folder = next((place for place in _LOCKS if os.access(place, os.W_OK)), _LOCKS[-1]) / "autograder-users"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
            raise SandboxUnavailable(f"{folder} belongs to somebody else: remove it")
        for uid in range(first, last + 1):
            try:
                pwd.getpwuid(uid)
                continue  # an account has it
            except KeyError:
                pass
            descriptor = os.open(folder / str(uid), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                continue
            self.uid, self._descriptor = uid, descriptor
            return
        raise SandboxUnavailable(f"no free user id between {first} and {last} (`sandbox.uids` in the configuration)")

    def release(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)
