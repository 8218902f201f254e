"""What tests of several folders need."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def bundle() -> None:
    """The bundle of the shipped assignment, current: a fresh clone has none. Tests beside each other make it in turns."""
    command = [sys.executable, "-m", "autograder", "generate", "--without-audit"]
    (ROOT / "dist").mkdir(exist_ok=True)
    with (ROOT / "dist" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr

