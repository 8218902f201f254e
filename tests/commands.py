"""Runs the real command line, as its users do, or as another user would."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.samples import ROOT
from tests.warm import Warm

Run = subprocess.CompletedProcess[str]
Cli = Callable[..., Run]

NOT_ROOT = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/tmp")
"""Before a command: nobody runs it."""


def autograder(
    *arguments: str | Path,
    cwd: Path = ROOT,
    seconds: float = 600,
    through: tuple[str, ...] = (),
    entry: tuple[str, ...] = (),
    cold: bool = False,
) -> Run:
    """Run `autograder` with these arguments and return how it ended and what it printed.

    `through`: a command that runs it. `entry`: what Python is told to run, for a machine that is made to lack something.
    `cold`: start Python as users do; otherwise, and without the two, it begins with the large libraries imported.
    """
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    if not (through or entry or cold):
        return _warm().run([*map(str, arguments)], cwd, environment, seconds)
    command = [*through, sys.executable, *(entry or ("-m", "autograder")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=seconds, env=environment, check=False)


@functools.cache
def _warm() -> Warm:
    return Warm()
