"""The command line: arguments, printing and exit codes, and nothing else.

Exit codes: 0 done; 1 done, but staff must look; 2 the call or the configuration is wrong and nothing was done.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading

from autograder.cli import authoring, desk, grading, platform, reporting, trials  # noqa: F401  # each registers its commands
from autograder.cli.shared import INTERRUPTED, LOOK, WRONG, app, stop
from autograder.errors import AutograderError, UsageError

__all__ = ["app", "main"]


def main() -> None:
    """Entry point: every error raised on purpose becomes one clear message and its exit code."""
    try:
        _run()
    except SystemExit as leaving:
        if "torch" in sys.modules:
            _leave(leaving.code)
        raise


def _run() -> None:
    try:
        app(standalone_mode=True)
    except UsageError as error:
        stop(str(error), WRONG)
    except AutograderError as error:
        stop(str(error), LOOK)
    except OSError as error:
        stop(f"{error.filename or 'a file'}: {error.strerror or error}", LOOK)
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED)


def _leave(status: object) -> None:
    """End here, without taking apart what is in memory: with torch that is hundreds of thousands of objects, a fifth of a second.

    Returns if there is more to do than Python's own last acts: threads that are still at work, or output that nobody takes.
    """
    if threading.active_count() > 1 or not isinstance(status, int | None):
        return
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(status or 0)
