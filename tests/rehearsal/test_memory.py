"""Measuring a tree of processes whose members come and go."""

from __future__ import annotations

import subprocess
import sys

from autograder.rehearsal.memory import tree

_BUSY = """
import os
while True:
    if os.fork() == 0:
        if os.fork() == 0:
            os._exit(0)
        os.wait()
        os._exit(0)
    os.wait()
"""


def test_processes_that_end_while_they_are_looked_at_are_passed_over() -> None:
    """A parent whose children end all the time: each look finds the parent, and none fails."""
    busy = subprocess.Popen([sys.executable, "-S", "-c", _BUSY])
    try:
        looks = [list(tree(busy.pid)) for _ in range(20_000)]
    finally:
        busy.kill()
        busy.wait()
    assert all(look[0] == busy.pid for look in looks) and any(len(look) > 1 for look in looks)
