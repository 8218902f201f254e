"""The command for whoever writes a notebook: check, the public tests in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.shared import CONFIG, LOOK, UnconfinedOption, app, list_first, read_config
from autograder.errors import UsageError


@app.command(
    epilog="Examples:\n\n- **autograder check neural_networks.ipynb**: checks everything\n\n"
    "- **autograder check mine.ipynb relu sigmoid**: checks two questions, and runs the notebook no further than they need"
)
def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A notebook, or a script of one.")],
    questions: Annotated[
        list[str] | None, typer.Argument(metavar="[QUESTION]...", help="Only these; the notebook is run as far as they need.")
    ] = None,
    unconfined: UnconfinedOption = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The configuration of the assignment: its template's tests are used, with its limits and rules. Default: "
            "grading_config.yaml, if it is here; without one, the tests that the notebook holds, or those beside it.",
        ),
    ] = None,
) -> None:
    """Run the public tests on a notebook, as grading would: top to bottom, in a confined process. No bundle is needed.

    Files that came with the template are there; without a configuration, those beside the notebook that its cells name.
    Tests that came with the notebook are trusted no more than the notebook: they run in its process.
    Exit code 0 if all tests pass, 1 if one fails or cannot be judged, 2 if the call is wrong and nothing was run.
    """
    if not notebook.is_file():
        raise UsageError(f"{notebook}: {'is a folder; name a notebook in it' if notebook.is_dir() else 'there is no such file'}")
    place = config or (CONFIG if CONFIG.is_file() else None)
    assignment, settings = _given(notebook, place)
    names = [question.name for question in assignment.questions]
    unknown = [name for name in questions or [] if name not in names]
    if unknown:
        raise UsageError(f"there is no question {' or '.join(unknown)}; there are {', '.join(names)}")
    from rich.console import Console

    from autograder.grading.launch import sandbox_for
    from autograder.submissions import discover

    found = discover([notebook]).found
    with Console(stderr=True).status("running the notebook ..."), sandbox_for(settings, 1, unconfined=unconfined) as sandbox:
        from autograder.grading.public import check_submission, public_grader

        grader = public_grader(assignment, settings, own_tests=place is None)
        checked = check_submission(grader, found[0], sandbox.lanes[0], questions or names)
    from autograder.reports.public import check_report
    from autograder.results import Outcome

    Console().print(check_report(checked.result, settings, checked.unfinished), highlight=False)
    if checked.result.detail:
        list_first("the grader failed", [checked.result.detail.strip().splitlines()[-1]])
    if any(question.outcome is not Outcome.PASSED for question in checked.result.questions):
        raise SystemExit(LOOK)


def _given(notebook: Path, place: Path | None) -> tuple[Any, Any]:
    """The assignment of public tests, and the settings to run it with."""
    from autograder.authoring.handout import own_handout, template_handout

    if place is None:
        return own_handout(notebook)
    settings = read_config(place)
    return template_handout(settings), settings
