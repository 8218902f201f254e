"""Keeps a judge and the student processes that it asks on one processor core while a submission is graded.

They take turns: one waits while the other works. Waking a process on another core costs more than most of what it is asked.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os

_libc = ctypes.CDLL(None, use_errno=True)


class Cores:
    """Which core each lane is on: in memory that all judges of a run share."""

    def __init__(self, lanes: int):
        self._claims = mmap.mmap(-1, 4 * lanes)

    def settle(self, lane: int) -> int | None:
        """Put the calling thread on the core that it runs on, or on a free one if another lane has that; None if it cannot be.

        The kernel has put it where there was little else to do, which is why no core belongs to a lane for good.
        """
        allowed = os.sched_getaffinity(0)
        here = _libc.sched_getcpu()
        others = {self._claim(other) for other in range(len(self._claims) // 4) if other != lane}
        core = here if here in allowed - others else min(allowed - others, default=here)
        try:
            os.sched_setaffinity(0, {core})
        except OSError:
            return None
        self._set(lane, core + 1)
        return core

    def leave(self, lane: int, allowed: set[int]) -> None:
        """Let the calling thread run on all of `allowed` again."""
        self._set(lane, 0)
        with contextlib.suppress(OSError):  # those cores may be gone
            os.sched_setaffinity(0, allowed)

    def _claim(self, lane: int) -> int:
        return int.from_bytes(self._claims[4 * lane : 4 * lane + 4], "little") - 1

    def _set(self, lane: int, value: int) -> None:
        self._claims[4 * lane : 4 * lane + 4] = value.to_bytes(4, "little")


def keep_to(core: int | None) -> None:
    """Put the calling process on a core, and with it all that it forks; None leaves it where it is."""
    if core is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})
