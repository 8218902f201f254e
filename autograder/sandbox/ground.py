"""Makes ready what a sandbox stands on, before anything large is imported: user ids, a folder, and the warden.

Keep this module free of torch: the warden is a fork of the process as it is here, and holds for ever what was in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.run_folders import make_run_folder, remove_abandoned
from autograder.sandbox import host
from autograder.sandbox.warden import Warden, end_user

PREFIX = "autograder-run-"
"""Of a run's folder. A warden clears up after its grader; where both are killed at once, the next grader does."""


@dataclass(frozen=True)
class Ground:
    """What there is before the sandbox.

    Attributes:
        root: folder of this run, below the system's temporary folder; `data` in it is what workers may read.
        slots: a user id for each lane, or none where the grader may not change users.
    """

    root: Path
    warden: Warden
    slots: tuple[host.UserSlot, ...]
    lanes: int

    @classmethod
    def prepare(cls, uids: tuple[int, int], lanes: int, *, unconfined: bool = False) -> Ground:
        """`uids`: first and last user id that workers may be given.

        Raises SandboxUnavailable where this machine cannot keep student code away from the grader.
        """
        uid_drop = host.check(unconfined)
        host.check_interpreter(uid_drop)
        slots = tuple(host.UserSlot(*uids) for _ in range(lanes)) if uid_drop else ()
        remove_abandoned(PREFIX)
        root, _ = make_run_folder(PREFIX)  # the descriptor stays open: helpers that outlive this process keep the folder in use
        (root / "data").mkdir()
        (root / "data").chmod(0o755)  # whatever the umask: workers must be able to read it
        ground = cls(root, Warden(root, lanes), slots, lanes)
        for line, slot in zip(ground.warden.lines, slots, strict=False):
            end_user(line, slot.uid)  # what a grader that was killed together with its warden left running
        return ground
