"""What tests of several folders need."""

from __future__ import annotations

import fcntl

import pytest

from tests.commands import autograder
from tests.samples import ROOT


@pytest.fixture(scope="session")
def bundle() -> None:
    """The bundle of the shipped assignment, current: a fresh clone has none. Tests beside each other make it in turns."""
    (ROOT / "dist").mkdir(exist_ok=True)
    with (ROOT / "dist" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = autograder("generate", "--without-audit")
    assert run.returncode == 0, run.stdout + run.stderr

