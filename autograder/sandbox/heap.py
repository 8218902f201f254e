"""Has a process keep the memory that it frees for what it needs next: fetching a page anew costs a page fault.

Source: mallopt(3), glibc. A batch of test images takes 6 MB; by default the C library gives several of them back to the kernel
as they are freed, and the next ones begin with thousands of page faults. Another C library is left as it is.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3

LARGE = 32 << 20
"""Bytes from which a block is asked of the kernel, and given back, by itself: the most that glibc accepts."""

KEPT = 64 << 20
"""Free bytes at the end of the heap that are kept. They count as used where address space is limited, so they must be few."""

STEP = 1 << 20
"""Bytes by which the heap grows."""


def keep_freed_memory() -> bool:
    """Do so in this process and its forks. Whether the C library took all of it."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    taken = [mallopt(*setting) for setting in ((_M_MMAP_THRESHOLD, LARGE), (_M_TRIM_THRESHOLD, KEPT), (_M_TOP_PAD, STEP))]
    return taken == [1, 1, 1]
