"""Lets cells that were written for Jupyter, Colab or Kaggle, or for a GPU, run in a worker: what is not there is answered for.

`install` is called once, in the zygote, whose workers inherit everything; `begin` in each worker, when it is confined. Nothing
here takes a limit away: what a stand-in answers is refused by the layers of confinement all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.sandbox.surroundings import commands, devices, display, figures, imports, magics, paths, progress


def install(shell: Any) -> None:
    """Put all stand-ins in place in this process, which must not be the grader's own: they change os, subprocess and torch."""
    commands.install(shell)
    magics.install(shell)
    display.install()
    figures.install()
    progress.install()
    devices.install(shell)
    imports.install(shell)
    paths.install()


def begin(scratch: Path) -> None:
    """Tell this worker where its own folder is; before that, paths are left alone."""
    paths.begin(scratch)
