"""Commands for whoever writes an assignment: new, generate, audit, calibrate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.shared import (
    CONFIG,
    LOOK,
    ConfigOption,
    UnconfinedOption,
    app,
    make_folder,
    read_config,
    shown,
    stop,
)
from autograder.errors import OtherSystem

if TYPE_CHECKING:
    from autograder.config import Config
    from autograder.sandbox.lanes import Sandbox

MANY = 1000
"""About so many mutants an assignment has: more than there are cores."""
AT_ONCE = 4
"""Notebooks that `generate` grades at once at most: it has a dozen of them, and each lane takes memory."""


@app.command(epilog='Example: **autograder new k-means --title "K-means by hand"** writes k-means/')
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Used in file names: letters, digits, `_`, `.` and `-`.")],
    title: Annotated[str, typer.Option("--title", help="Used in reports and feedback. Default: made of the name.")] = "",
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="FOLDER", help="Where to write; it must be new or empty. Default: NAME.")
    ] = None,
) -> None:
    """Start an assignment: configuration, a solution notebook with two questions to change, a known mistake, and a README.

    It can be audited, generated and graded as it is.
    """
    from autograder.authoring.new import start_assignment

    place = folder or Path(name)
    for path in start_assignment(name, place, title):
        print(f"wrote {shown(path)}")
    print(f"Next: cd {shown(place)}, then `autograder audit` and `autograder generate`")


@app.command(epilog="Example: **autograder generate** writes student_template/ and dist/neural-networks-bundle.zip")
def generate(
    config: ConfigOption = CONFIG,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if the template on disk is not what the sources say.")
    ] = False,
    without_audit: Annotated[
        bool, typer.Option("--without-audit", help="Do not ask for a current audit of the tests (see `autograder audit`).")
    ] = False,
) -> None:
    """Make the student template and the grading bundle from the solution notebook, and prove that both are right.

    That the tests are good must have been proved before, by `autograder audit` of the same sources.
    """
    settings = read_config(config, solution=True)
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status, _sandbox(settings) as sandbox:
        from autograder.authoring.generate import describe
        from autograder.authoring.generate import generate as make
        from autograder.reports.terminal import PointsRow, points_table

        made = make(settings, sandbox, say=lambda step: status.update(f"{step} ..."), check=check, audited=not without_audit)
    for finding in made.warnings:
        console.print(f"warning: {describe(finding)}", style="yellow", markup=False, highlight=False)
    rows = [
        PointsRow(
            question=question.name,
            public=sum(not case.hidden for case in question.cases),
            hidden=sum(case.hidden for case in question.cases),
            points=question.points,
        )
        for question in made.assignment.questions
    ]
    Console().print(points_table(rows, settings.scoring.decimals))
    for by_hand in made.assignment.by_hand:
        print(f"marked by hand, and no part of the total: {by_hand.name} ({by_hand.points:g} points)")
    wrote, removed = ("would write", "would remove") if check else ("wrote", "removed")
    for word, paths in ((wrote, made.written), (removed, made.removed)):
        for path in paths:
            print(f"{word} {shown(path)}")
    if made.current:
        print(f"{len(made.current)} files were current")
    if sandbox is None:
        from autograder.authoring.elsewhere import NOT_PROVED

        console.print(NOT_PROVED, style="bold yellow", markup=False, highlight=False)
    if check and made.stale:
        stop("the template is not what the sources say; run `autograder generate` and commit what it writes", LOOK)


@contextmanager
def _sandbox(settings: Config) -> Iterator[Sandbox | None]:
    """Where the instructor's own notebook is graded; None on systems that have no sandbox."""
    from autograder.grading.launch import lanes_for, sandbox_for

    with ExitStack() as stack:
        try:
            sandbox = stack.enter_context(sandbox_for(settings, lanes_for(0, AT_ONCE), unconfined=True))
        except OtherSystem:
            yield None
        else:
            yield sandbox


@app.command(
    epilog="Examples:\n\n- **autograder audit**: all questions, for the record\n\n"
    "- **autograder audit relu**: while working on one"
)
def audit(
    questions: Annotated[
        list[str] | None, typer.Argument(metavar="[QUESTION]...", help="Only these; nothing is recorded.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Mutants graded at once; 0: one a core.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The page; audit.html beside the bundle unless given.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the kill matrix there, too, as Markdown.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another number draws other inputs; only 0 is recorded.")] = 0,
    unconfined: UnconfinedOption = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Audit the tests: grade hundreds of wrong solutions, made from the right one, and list those that lose no marks.

    It needs nothing but the solution notebook and the configuration: change a test, `audit`, then `generate`. An audit of all
    questions is recorded in audit.json beside the notebook; commit it, `generate` asks for it. A survivor that is right after
    all is marked, with the reason, in equivalent.yaml beside the notebook. What lies there in accept/ must lose no marks, and
    what lies in misconceptions/ must lose some.

    Exit code 1 if a mutant survives without a reason, if a mark no longer holds, or if the grader failed on a mutant.
    """
    settings = read_config(config, solution=True)
    from rich.console import Console

    from autograder.grading.launch import lanes_for, sandbox_for
    from autograder.reports.progress import campaign_progress

    page = out or settings.resolve(settings.assignment.dist) / "audit.html"
    for path in filter(None, (page, markdown)):
        make_folder(path.parent)
    with (
        campaign_progress(Console(stderr=True), "auditing") as bar,
        sandbox_for(settings, lanes_for(jobs, MANY), submissions=MANY, unconfined=unconfined) as sandbox,
    ):
        from autograder.authoring.audit.pipeline import audit_assignment
        from autograder.authoring.audit.record import sources, write_record

        made_from = sources(settings)  # now: somebody may edit a file while this goes on
        found = audit_assignment(
            settings, sandbox, questions or (), seed=seed, say=lambda step: bar(0, None, step), progress=bar
        )
    from autograder.authoring.audit.matrix import kill_matrix
    from autograder.authoring.audit.page import audit_page
    from autograder.authoring.audit.table import audit_table, findings

    console = Console()
    console.print(audit_table(found))
    for text in findings(found):
        console.print(text, soft_wrap=not console.is_terminal)  # differences that were folded would be none
    page.write_bytes(audit_page(found, settings.scoring.decimals))
    written = [page]
    if markdown is not None:
        markdown.write_text(kill_matrix(found, settings.scoring.decimals), encoding="utf-8")
        written.append(markdown)
    if found.whole and seed == 0:
        written.append(write_record(found, settings, made_from))
    print()
    for path in written:
        print(f"wrote {shown(path)}")
    if found.open:
        raise SystemExit(LOOK)


@app.command(
    epilog="Examples:\n\n- **autograder calibrate --markdown docs/calibration.md**: runs for some minutes\n\n"
    "- **autograder calibrate --threshold 75 --dry-run**: only asks how sure a threshold of 75 % would be"
)
def calibrate(
    target: Annotated[
        float, typer.Option(min=1e-12, max=0.5, help="How often a correct submission may fall short with all its attempts.")
    ] = 1e-6,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999999, help="Of the bound that proves it.")] = 0.999,
    max_attempts: Annotated[int, typer.Option(min=1, max=100, help="How often a run may be tried.")] = 3,
    max_runs: Annotated[int, typer.Option(min=1, max=10_000_000, help="Runs of the solution for the proof, at most.")] = 1500,
    pilot: Annotated[int, typer.Option(min=2, max=100_000, help="Runs of the solution to choose the threshold from.")] = 200,
    wrong_runs: Annotated[int, typer.Option(min=1, max=100_000, help="Runs of each wrong implementation.")] = 100,
    threshold: Annotated[float | None, typer.Option(min=0, max=100, help="A threshold to keep, %.")] = None,
    wrong: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Wrong implementations. Default: wrong_training/ beside the solution.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="All runs follow from it. Default: a fresh one, which is told.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one a core.")] = 0,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where page, figure and runs go.")] = Path(
        "results/calibration"
    ),
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as Markdown, too.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Leave the configuration as it is.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Find the accuracy threshold that correct submissions reach, prove how surely they do, and write it into the configuration.

    The solution, and wrong implementations, are trained over and over by the very test that grading uses. Exit code 1 if the
    target cannot be met; the configuration is then left as it is.
    """
    settings = read_config(config, solution=True)
    from rich.console import Console

    from autograder.authoring import calibrate as calibration
    from autograder.grading import seeds
    from autograder.reports.progress import run_progress

    subjects = calibration.read_subjects(settings, wrong)
    make_folder(out)
    plan = calibration.Plan(
        target=target, confidence=confidence, most_attempts=max_attempts, most_runs=max_runs, pilot=pilot,
        wrong_runs=wrong_runs, threshold=threshold, seed=seeds.fresh() % 10**9 if seed is None else seed,
    )  # fmt: skip
    processes = jobs or len(os.sched_getaffinity(0))
    with run_progress(Console(stderr=True)) as say:
        made = calibration.calibrate(
            subjects, settings.training.run, plan, jobs=processes, say=lambda step: say(step.done, step.planned, step.doing),
            most_seconds=settings.execution.submission_seconds / 5,
        )  # fmt: skip
    console = Console()
    console.print(calibration.table(made))
    for sentence in calibration.sentences(made):
        console.print(f"\n{sentence}", markup=False, highlight=False)
    print()
    for path in calibration.write_reports(made, settings, out, markdown):
        print(f"wrote {shown(path)}")
    if not made.met:
        stop(f"the target cannot be met: {made.reason}; {shown(config)} is as it was", LOOK)
    if not dry_run:
        calibration.write_config(settings, made)
        print(f"wrote {shown(config)}; run `autograder generate`, as the bundle holds the configuration")


