"""The command that a bundle calls on Gradescope."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.shared import CONFIG, ConfigOption, app, read_config


@app.command(hidden=True)
def gradescope(
    submission: Annotated[Path, typer.Argument(metavar="SUBMISSION", help="The folder that holds what was handed in.")],
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that gets results.json.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Grade one submission as Gradescope asks for it: what `run_autograder` of a bundle calls."""
    settings = read_config(config)
    from autograder.grading.launch import load_grader, sandbox_for

    with sandbox_for(settings, 1) as sandbox:
        from autograder.grading.platform import grade_folder
        from autograder.reports.gradescope import to_gradescope

        grader = load_grader(settings)
        result = grade_folder(grader, submission, sandbox.lanes[0])
        from autograder.reports.atomic import write_atomically

        write_atomically(results / "results.json", to_gradescope(result, settings).to_json())
        write_atomically(results / "result.json", _encoded(result))


def _encoded(result: Any) -> bytes:
    from autograder.reports.store import encode_result, storable

    return encode_result(storable(result))
