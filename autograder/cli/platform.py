"""The command that a bundle calls on Gradescope."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.cli.shared import CONFIG, ConfigOption, app, read_config

if TYPE_CHECKING:
    from autograder.config import Config
    from autograder.grading.resubmission import Metadata, Standing


@app.command(hidden=True)
def gradescope(
    submission: Annotated[Path, typer.Argument(metavar="SUBMISSION", help="The folder that holds what was handed in.")],
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that gets results.json.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Grade one submission as Gradescope asks for it: what `run_autograder` of a bundle calls.

    results.json is written again after each question, so that there is always one of what was judged until then.
    """
    started = time.monotonic()
    settings = read_config(config)
    from autograder.grading.resubmission import METADATA, read_metadata, standing

    metadata = read_metadata(submission.resolve().parent / METADATA)
    given = standing(metadata, settings.gradescope)
    if given.again_at is None:
        _grade(submission, results, settings, metadata, given, started)
        return
    from autograder.reports.carried import not_graded

    latest = given.latest
    shown = not_graded(
        given.again_at, settings, results=latest.results if latest else None, score=latest.score if latest else None
    )
    _write(results / "results.json", shown.to_json())


def _grade(submission: Path, results: Path, settings: Config, metadata: Metadata, given: Standing, started: float) -> None:
    from autograder.grading.launch import load_grader, sandbox_for

    with sandbox_for(settings, 1) as sandbox:
        from autograder.grading.budget import budget
        from autograder.grading.platform import grade_folder
        from autograder.reports.carried import unfinished
        from autograder.reports.gradescope import to_gradescope
        from autograder.reports.store import encode_result, storable

        grader = load_grader(settings)
        planned = budget(settings, settings.gradescope.seconds - (time.monotonic() - started))
        signal.signal(signal.SIGALRM, _out_of_time)
        signal.setitimer(signal.ITIMER_REAL, planned.last)

        def keep(so_far: Any) -> None:
            _write(results / "results.json", unfinished(so_far, settings, explained=given.explained).to_json())

        result = storable(grade_folder(grader, submission, sandbox.lanes[0], metadata, limits=planned.config, tell=keep))
        _write(results / "results.json", to_gradescope(result, settings, explained=given.explained).to_json())
        _write(results / "result.json", encode_result(result))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _write(path: Path, content: bytes) -> None:
    from autograder.reports.atomic import write_atomically

    write_atomically(path, content)


def _out_of_time(number: int, frame: Any) -> None:
    """The last resort, before the platform takes everything away: leave with what is written. The helpers clear up."""
    os.write(2, b"autograder: the platform's time is over; what was judged until now is in results.json\n")
    os._exit(1)
