"""Runs the real command line, as its users do, or as another user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.samples import ROOT

Run = subprocess.CompletedProcess[str]
Cli = Callable[..., Run]

NOT_ROOT = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/tmp")
"""Before a command: nobody runs it."""


def autograder(
    *arguments: str | Path,
    cwd: Path = ROOT,
    seconds: float = 600,
    through: tuple[str, ...] = (),
    entry: tuple[str, ...] = ("-m", "autograder"),
) -> Run:
    """Run `autograder` with these arguments and return how it ended and what it printed.

    `through`: a command that runs it. `entry`: what Python is told to run, for a machine that is made to lack something.
    """
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    command = [*through, sys.executable, *entry, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=seconds, env=environment, check=False)
