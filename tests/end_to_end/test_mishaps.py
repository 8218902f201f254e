"""Messy notebooks lose nothing: what happens to notebooks on their way costs no marks where it does not touch the work."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.samples import ROOT

pytestmark = pytest.mark.usefixtures("bundle")


def test_every_mishap_that_is_not_owed_leaves_complete_work_at_full_marks() -> None:
    """Each happens once, several to a notebook; all notebooks get 100 points, or lose them only where the work was touched.

    `python -m tests.soak.mishaps` draws combinations at random. A failure names the fewest mishaps that cost marks.
    """
    command = [sys.executable, "-m", "tests.soak.mishaps", "--spread", "--jobs", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert ": 0 lost marks" in run.stdout
