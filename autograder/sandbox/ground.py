"""Makes ready what a sandbox stands on, before anything large is imported: user ids, a folder, and the warden.

Keep this module free of torch: the warden is a fork of the process as it is here, and holds for ever what was in memory.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import host
from autograder.sandbox.warden import Warden


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
        root = Path(tempfile.mkdtemp(prefix="autograder-run-"))
        root.chmod(0o711)
        (root / "data").mkdir(mode=0o755)
        return cls(root, Warden(root, lanes), slots, lanes)
