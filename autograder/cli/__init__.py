"""The command line: arguments, printing and exit codes, and nothing else.

Exit codes: 0 done; 1 done, but staff must look; 2 the call or the configuration is wrong and nothing was done.
"""

from __future__ import annotations

from autograder.cli import authoring, desk, grading, platform, reporting, trials  # noqa: F401  # each registers its commands
from autograder.cli.shared import INTERRUPTED, LOOK, WRONG, app, stop
from autograder.errors import AutograderError, UsageError

__all__ = ["app", "main"]


def main() -> None:
    """Entry point: every error raised on purpose becomes one clear message and its exit code."""
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
