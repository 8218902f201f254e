"""What tests of several folders need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bundle() -> None:
    """The bundle of the shipped assignment, current: a fresh clone has none."""
    command = [sys.executable, "-m", "autograder", "generate", "--without-audit"]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
