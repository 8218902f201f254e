"""The command line: arguments, printing and exit codes, and nothing else.

Exit codes: 0 done; 1 done, but staff must look; 2 the call or the configuration is wrong and nothing was done.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from autograder.errors import AutograderError, UsageError

DONE, LOOK, WRONG, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="autograder",
    help="Generate an assignment from one solution notebook, and grade what students hand in.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", help="The configuration of the assignment.", show_default=True)
]
UnconfinedOption = Annotated[
    bool,
    typer.Option(
        "--unconfined", help="Grade although this machine cannot keep student code away from the grader. Reports say so loudly."
    ),
]
_CONFIG = Path("grading_config.yaml")


def main() -> None:
    """Entry point: every error raised on purpose becomes one clear message and its exit code."""
    try:
        app(standalone_mode=True)
    except UsageError as error:
        _stop(str(error), WRONG)
    except AutograderError as error:
        _stop(str(error), LOOK)
    except OSError as error:
        _stop(f"{error.filename or 'a file'}: {error.strerror or error}", LOOK)
    except KeyboardInterrupt:
        _stop("interrupted", INTERRUPTED)


def _stop(message: str, code: int) -> NoReturn:
    print(f"autograder: {message}", file=sys.stderr)
    raise SystemExit(code)


def _read_config(path: Path, *, solution: bool = False) -> Any:
    from autograder.config_file import read_config

    return read_config(path, check_files=solution)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"autograder {installed('autograder')}")
        raise typer.Exit


@app.command(epilog="Example: **autograder generate** writes student_template/ and dist/neural-networks-bundle.zip")
def generate(
    config: ConfigOption = _CONFIG,
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
    settings = _read_config(config, solution=True)
    from rich.console import Console

    from autograder.grading.launch import sandbox_for

    console = Console(stderr=True)
    with console.status("starting") as status, sandbox_for(settings, 1, unconfined=True) as sandbox:
        from autograder.authoring.generate import describe
        from autograder.authoring.generate import generate as make
        from autograder.reports.terminal import PointsRow, points_table

        made = make(
            settings, sandbox.lanes[0], say=lambda step: status.update(f"{step} ..."), check=check, audited=not without_audit
        )
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
    wrote, removed = ("would write", "would remove") if check else ("wrote", "removed")
    for word, paths in ((wrote, made.written), (removed, made.removed)):
        for path in paths:
            print(f"{word} {_shown(path)}")
    if made.current:
        print(f"{len(made.current)} files were current")
    if check and made.stale:
        _stop("the template is not what the sources say; run `autograder generate` and commit what it writes", LOOK)


@app.command(
    epilog="Examples: **autograder grade submissions/ --out results -j 2**; **autograder grade --replay results/one** "
    "grades one again with its own seed and compares"
)
def grade(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Notebooks, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where results go.")] = Path("results"),
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Judges at work at once; 0: one a core.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade again what has a current result already.")] = False,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="PATHs are folders of results: grade again with their seeds, compare, write nothing."),
    ] = False,
    unconfined: UnconfinedOption = False,
    config: ConfigOption = _CONFIG,
) -> None:
    """Grade submissions: a table here; grades.csv, report.html and a folder for each submission in the results."""
    settings = _read_config(config)
    if replay:
        _replay(paths, settings, jobs, unconfined=unconfined)
        return
    from autograder.bundles import installed_versions, load_bundle, require_bundle
    from autograder.certificate import require_certificate
    from autograder.submissions import find_submissions, passed_over

    require_certificate(settings)
    require_bundle(settings)
    found = find_submissions(paths)
    _make_folder(out)
    _list("not graded, because it is no notebook", passed_over(paths))
    from autograder.grading.launch import sandbox_for

    lanes = max(1, min(jobs or len(os.sched_getaffinity(0)), len(found)))
    with sandbox_for(settings, lanes, submissions=len(found), unconfined=unconfined) as sandbox:
        from autograder.grading.grade import Grader
        from autograder.grading.resume import split_current

        bundle = load_bundle(settings)  # only now: the workers must not inherit it
        grader = Grader.load(bundle.assignment, settings, bundle.digest, installed_versions())
        waiting, kept = (found, ()) if fresh else split_current(grader, found, out)
        if kept:
            print(f"{len(kept)} of {len(found)} results are current; --fresh grades them again", file=sys.stderr)
        _list("replaced, though it is the result of another file", _replaced(waiting, out))
        results = [*kept, *_grade_all(grader, sandbox, waiting, out, kept=len(kept))]
    _show(results, out, settings)


def _replay(paths: list[Path], settings: Any, jobs: int, *, unconfined: bool) -> None:
    """Grade again what earlier results were made from, with their seeds. Exit code 1 if a mark is another one now."""
    from autograder.bundles import installed_versions, load_bundle, require_bundle
    from autograder.reports import read_result

    require_bundle(settings)
    files = [file for path in paths for pattern in ("result.json", "*/result.json") for file in sorted(path.glob(pattern))]
    if not files:
        raise UsageError(f"{' '.join(map(str, paths))}: holds no results (result.json)")
    results = [read_result(file) for file in files]
    from autograder.grading.launch import sandbox_for

    lanes = max(1, min(jobs or len(os.sched_getaffinity(0)), len(results)))
    differ = 0
    with sandbox_for(settings, lanes, submissions=len(results), unconfined=unconfined) as sandbox:
        from autograder.grading.grade import Grader
        from autograder.grading.replay import other_ground, replay

        bundle = load_bundle(settings)
        grader = Grader.load(bundle.assignment, settings, bundle.digest, installed_versions())
        for other in dict.fromkeys(reason for result in results for reason in other_ground(result, grader)):
            print(f"graded on other ground, marks may differ: {other}", file=sys.stderr)
        for again in replay(grader, sandbox, results):
            lines = again.differences
            differ += bool(lines)
            print(f"{again.old.name}: {'; '.join(lines) or f'the same marks, {again.new.score:g}'}")
    if differ:
        _stop(f"{differ} of {len(results)} results are not what the same seed gives now", LOOK)


def _list(what: str, things: Sequence[object]) -> None:
    """A line for each of the first ten things that somebody might miss."""
    for thing in things[:10]:
        print(f"{what}: {thing}", file=sys.stderr)
    if len(things) > 10:
        print(f"{what}: {len(things) - 10} more", file=sys.stderr)


def _replaced(waiting: Any, out: Path) -> list[str]:
    """Results that will be written over although they were made from a file elsewhere."""
    from autograder.errors import AutograderError
    from autograder.reports import read_result

    found = []
    for one in waiting:
        try:
            old = read_result(out / one.name / "result.json").source
        except AutograderError:
            continue
        if Path(old).resolve() != Path(one.path).resolve():
            found.append(f"{one.name} (was {old}, now {one.path})")
    return found


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise UsageError(f"{out}: results cannot be written there: {error.strerror or error}") from error


def _grade_all(grader: Any, sandbox: Any, waiting: Any, out: Path, *, kept: int) -> list[Any]:
    """Grade, write each result as it comes, and show how far it is. Ctrl-C keeps what is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from autograder.grading.batch import grade_batch
    from autograder.reports import write_submission
    from autograder.results import Status

    results: list[Any] = []
    counts = dict.fromkeys(Status, 0)
    columns = (
        TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{kept} were current" if kept else "", total=len(waiting))
        try:
            for step in grade_batch(grader, sandbox, waiting):
                if step.result is None:
                    continue
                write_submission(step.result, out, grader.config)
                results.append(step.result)
                counts[step.result.status] += 1
                said = ", ".join(f"{number} {status.value}" for status, number in counts.items() if number)
                bar.update(task, advance=1, description=said)
        except KeyboardInterrupt:
            _stop(f"interrupted after {len(results)} of {len(waiting)}; the same command goes on from there", INTERRUPTED)
    return results


def _show(results: list[Any], out: Path, settings: Any) -> None:
    from rich.console import Console

    from autograder.reports import write_overviews
    from autograder.reports.attention import summarise_confinement
    from autograder.reports.terminal import attention, results_table

    results.sort(key=lambda result: result.name)
    graded = {result.name for result in results}
    older = sorted(path.parent.name for path in out.glob("*/result.json") if path.parent.name not in graded)
    _list(f"in {_shown(out)} and its reports from an earlier run", older)
    written = write_overviews(out, settings)
    console = Console()
    console.print(results_table(results, settings))
    print()
    for path in written:
        print(f"wrote {_shown(path)}")
    print(f"wrote {_shown(out)}/<submission>/feedback.html, result.json, results.json")
    lines = attention(results)
    if lines:
        print("\nPlease look at:")
        for line in lines:
            console.print(line)
    confinement = summarise_confinement(results)
    missing = [layer.name for layer in confinement.layers if layer.missing and not layer.extra]
    if confinement.level == "unconfined":
        console.print("\nUNCONFINED: student code could reach the grader, its files and its memory.", style="bold red")
    if missing:
        print(f"\nNot confined by: {', '.join(missing)} (see result.json for the reasons)")
    if lines and any(result.status.value == "errored" for result in results):
        raise SystemExit(LOOK)


@app.command(epilog="Examples: **autograder audit**; while working on one question, **autograder audit relu**")
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
    config: ConfigOption = _CONFIG,
) -> None:
    """Audit the tests: grade hundreds of wrong solutions, made from the right one, and list those that lose no marks.

    It needs nothing but the solution notebook and the configuration: change a test, `audit`, then `generate`. An audit of all
    questions is recorded in audit.json beside the notebook; commit it, `generate` asks for it. A survivor that is right after
    all is marked, with the reason, in equivalent.yaml beside the notebook. What lies there in accept/ must lose no marks, and
    what lies in misconceptions/ must lose some.

    Exit code 1 if a mutant survives without a reason, if a mark no longer holds, or if the grader failed on a mutant.
    """
    settings = _read_config(config, solution=True)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder.grading.launch import sandbox_for

    page = out or settings.resolve(settings.assignment.dist) / "audit.html"
    for path in filter(None, (page, markdown)):
        _make_folder(path.parent)
    screen = Console(stderr=True)
    columns = (TextColumn("auditing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    lanes = jobs or len(os.sched_getaffinity(0))
    with (
        Progress(*columns, console=screen, disable=not screen.is_terminal) as bar,
        sandbox_for(settings, lanes, submissions=1000, unconfined=unconfined) as sandbox,
    ):
        from autograder.authoring.audit.pipeline import audit_assignment
        from autograder.authoring.audit.record import sources, write_record

        task = bar.add_task("", total=None)
        made_from = sources(settings)  # now: somebody may edit a file while this goes on
        found = audit_assignment(
            settings, sandbox, questions or (), seed=seed,
            say=lambda step: bar.update(task, description=step),
            progress=lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
        )  # fmt: skip
    from autograder.authoring.audit.matrix import kill_matrix
    from autograder.authoring.audit.page import audit_page
    from autograder.authoring.audit.table import audit_table, findings

    console = Console()
    console.print(audit_table(found))
    for text in findings(found):
        console.print(text)
    page.write_bytes(audit_page(found, settings.scoring.decimals))
    written = [page]
    if markdown is not None:
        markdown.write_text(kill_matrix(found, settings.scoring.decimals), encoding="utf-8")
        written.append(markdown)
    if found.whole and seed == 0:
        written.append(write_record(found, settings, made_from))
    print()
    for path in written:
        print(f"wrote {_shown(path)}")
    if found.open:
        raise SystemExit(LOOK)


@app.command(epilog="Example: **autograder report results**")
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that `grade` wrote.")],
    config: ConfigOption = _CONFIG,
) -> None:
    """Write all reports again, from the result.json files alone."""
    from autograder.reports import write_reports

    settings = _read_config(config)
    if results.is_dir() and not any(results.glob("*/result*.json")):
        raise UsageError(f"{results}: holds no results (<submission>/result.json)")
    written = write_reports(results, settings)
    for path in written[:2]:
        print(f"wrote {_shown(path)}")
    print(f"wrote {len(written) - 2} files of submissions")


@app.command(
    epilog="Examples: **autograder selftest** grades every hostile notebook; **autograder selftest denial/** one family; "
    "**autograder selftest dist/neural-networks-bundle.zip** all of them on a bundle as it is handed on"
)
def selftest(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[BUNDLE] [NAME]...", help="A bundle; only attacks whose name contains one.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Attacks at work at once; 0: one a core.")] = 0,
    listing: Annotated[bool, typer.Option("--list", help="List the attacks and leave.")] = False,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="LAYER", help="Leave a layer of confinement out, to see what it holds back."),
    ] = None,
    unconfined: UnconfinedOption = False,
    config: ConfigOption = _CONFIG,
) -> None:
    """Attack this machine's grader with the hostile notebooks that ship with it, on the bundle of the configuration.

    Exit code 1 if one of them gained marks, read something hidden, left something behind or hurt the next submission.
    """
    bundles = [name for name in what or [] if name.endswith(".zip")]
    names = [name for name in what or [] if name not in bundles]
    if len(bundles) > 1:
        raise UsageError(f"one bundle at a time: {', '.join(bundles)}")
    with tempfile.TemporaryDirectory(prefix="autograder-bundle-") as folder:
        if bundles:
            from autograder.bundles import unpack_settings

            config = unpack_settings(Path(bundles[0]), Path(folder))
        _attack(config, names, jobs=jobs, listing=listing, leave_out=leave_out or [], unconfined=unconfined)


def _attack(config: Path, names: list[str], *, jobs: int, listing: bool, leave_out: list[str], unconfined: bool) -> None:
    settings = _read_config(config)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder.bundles import require_bundle
    from autograder.selftest import load_attacks

    chosen = [attack for attack in load_attacks() if not names or any(name in attack.name for name in names)]
    if not chosen:
        raise UsageError(f"no attack has {' or '.join(names)} in its name; --list lists them")
    if listing:
        for attack in chosen:
            print(f"{attack.name}: {attack.title}")
        return
    require_bundle(settings)
    from autograder.grading.limits import short_limits
    from autograder.selftest import Verdict, run_attacks
    from autograder.selftest.layers import without
    from autograder.selftest.table import details, family_table, layer_lines

    short = short_limits(settings)

    def load() -> Any:
        from autograder.bundles import installed_versions, load_bundle
        from autograder.grading.grade import Grader

        bundle = load_bundle(settings)
        return Grader.load(bundle.assignment, short, bundle.digest, installed_versions())

    screen = Console(stderr=True)
    columns = (TextColumn("attacking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    lanes = max(1, min(jobs or len(os.sched_getaffinity(0)), len(chosen)))
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=len(chosen))

        def say(step: Any) -> None:
            if isinstance(step, Verdict):
                bar.update(task, advance=1, description=step.attack.name)

        with without(tuple(leave_out)):
            made = run_attacks(short, chosen, load, lanes=lanes, unconfined=unconfined, say=say)
    console = Console()
    for text in (*layer_lines(made.layers), family_table(made), *details(made)):
        console.print(text)
    if not made.all_held:
        raise SystemExit(LOOK)


@app.command(
    epilog="Example: **autograder calibrate --markdown docs/calibration.md** runs for some minutes; "
    "**autograder calibrate --threshold 75 --dry-run** only asks how sure a threshold of 75 % would be"
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
    config: ConfigOption = _CONFIG,
) -> None:
    """Find the accuracy threshold that correct submissions reach, prove how surely they do, and write it into the configuration.

    The solution, and wrong implementations, are trained over and over by the very test that grading uses. Exit code 1 if the
    target cannot be met; the configuration is then left as it is.
    """
    settings = _read_config(config, solution=True)
    from rich.console import Console

    from autograder.authoring import calibrate as calibration
    from autograder.grading import seeds
    from autograder.reports.progress import run_progress

    subjects = calibration.read_subjects(settings, wrong)
    _make_folder(out)
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
        print(f"wrote {_shown(path)}")
    if not made.met:
        _stop(f"the target cannot be met: {made.reason}; {_shown(config)} is as it was", LOOK)
    if not dry_run:
        calibration.write_config(settings, made)
        print(f"wrote {_shown(config)}; run `autograder generate`, as the bundle holds the configuration")


@app.command(hidden=True)
def gradescope(
    submission: Annotated[Path, typer.Argument(metavar="SUBMISSION", help="The folder that holds what was handed in.")],
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that gets results.json.")],
    config: ConfigOption = _CONFIG,
) -> None:
    """Grade one submission as Gradescope asks for it: what `run_autograder` of a bundle calls."""
    settings = _read_config(config)
    from autograder.grading.launch import sandbox_for

    with sandbox_for(settings, 1) as sandbox:
        from autograder.bundles import installed_versions, load_bundle
        from autograder.grading.grade import Grader
        from autograder.grading.platform import grade_folder
        from autograder.reports.gradescope import to_gradescope

        bundle = load_bundle(settings)
        grader = Grader.load(bundle.assignment, settings, bundle.digest, installed_versions())
        result = grade_folder(grader, submission, sandbox.lanes[0])
        from autograder.reports.atomic import write_atomically

        write_atomically(results / "results.json", to_gradescope(result, settings).to_json())
        write_atomically(results / "result.json", _encoded(result))


def _encoded(result: Any) -> bytes:
    from autograder.reports.store import encode_result, storable

    return encode_result(storable(result))


def _shown(path: Path) -> str:
    """A path as short as it can be told from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


