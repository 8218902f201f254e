"""`python -m autograder` is the command line."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python looks for modules where it was started, before its own: a submission's `typer.py` may lie there.
    if sys.path and sys.path[0] and Path(sys.path[0]) == Path.cwd() != Path(__file__).parent.parent:
        del sys.path[0]
    from autograder.cli import main

    main()
