"""Commands for whoever grades: grade, report, and what a bundle calls on Gradescope."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from autograder.cli.shared import (
    CONFIG,
    INTERRUPTED,
    LOOK,
    ConfigOption,
    UnconfinedOption,
    app,
    list_first,
    make_folder,
    read_config,
    shown,
    stop,
)
from autograder.errors import UsageError


@app.command(
    epilog="Examples: **autograder grade submissions/ --out results -j 2**; **autograder grade --replay results/one** "
    "grades one again with its own seed and compares"
)
def grade(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Notebooks, scripts, archives, folders of them, or a platform's export."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where results go.")] = Path("results"),
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Judges at work at once; 0: one a core.")] = 0,
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="Grade on the dask cluster with this scheduler, such as tcp://10.0.0.5:8786, or a scheduler file; "
            "see docs/cluster.md.",
        ),
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade again what has a current result already.")] = False,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="PATHs are folders of results: grade again with their seeds, compare, write nothing."),
    ] = False,
    one_per: Annotated[
        Literal["auto", "file", "folder"],
        typer.Option(
            "--one-per",
            help="What is one submission. auto: exports of Gradescope, Canvas, Moodle and nbgrader, folders or archives, as the "
            "platform made them; in other folders each notebook, each archive, and each script directly in the folder. "
            "file: each of these at any depth, in an archive too. folder: each folder directly below.",
        ),
    ] = "auto",
    unconfined: UnconfinedOption = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Grade submissions: a table here; grades.csv, report.html and a folder for each submission in the results."""
    settings = read_config(config)
    if replay:
        if scheduler:
            raise UsageError("--replay grades on this machine: leave --scheduler out")
        _replay(paths, settings, jobs, unconfined=unconfined)
        return
    from autograder.bundles import require_bundle
    from autograder.certificate import require_certificate
    from autograder.submissions import discover

    require_certificate(settings)
    require_bundle(settings)
    discovery = discover(paths, one_per)
    found = discovery.found
    make_folder(out)
    list_first("recognised", discovery.layouts)
    list_first("not graded, because it is no submission", discovery.passed_over)
    from autograder.grading.launch import load_grader

    with _bench(settings, scheduler, jobs, len(found), unconfined=unconfined) as grade_batch:
        from autograder.grading.resume import split_current

        grader = load_grader(settings)
        waiting, kept = (found, ()) if fresh else split_current(grader, found, out)
        if kept:
            print(f"{len(kept)} of {len(found)} results are current; --fresh grades them again", file=sys.stderr)
        list_first("replaced, though it is the result of another file", _replaced(waiting, out))
        results = [*kept, *_grade_all(grade_batch(grader, waiting), grader, waiting, out, kept=len(kept))]
    _show(results, out, settings)


@contextmanager
def _bench(settings: Any, scheduler: str, jobs: int, submissions: int, *, unconfined: bool) -> Iterator[Callable[..., Any]]:
    """What grades a batch, given a grader and what was found: the cores of this machine, or a cluster."""
    if scheduler:
        from autograder.cluster.client import connected

        with connected(scheduler, say=_say, jobs=jobs, unconfined=unconfined) as cluster, _terminable():
            yield cluster.grade_batch
        return
    from autograder.grading.launch import lanes_for, sandbox_for

    with sandbox_for(settings, lanes_for(jobs, submissions), submissions=submissions, unconfined=unconfined) as sandbox:
        from autograder.grading.batch import grade_batch

        yield lambda grader, found: grade_batch(grader, sandbox, found)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


@contextmanager
def _terminable() -> Iterator[None]:
    """Being asked to end is taken as Ctrl-C is: what is under way elsewhere has to be cancelled."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _replay(paths: list[Path], settings: Any, jobs: int, *, unconfined: bool) -> None:
    """Grade again what earlier results were made from, with their seeds. Exit code 1 if a mark is another one now."""
    from autograder.bundles import require_bundle
    from autograder.reports import read_result

    require_bundle(settings)
    files = [file for path in paths for pattern in ("result.json", "*/result.json") for file in sorted(path.glob(pattern))]
    if not files:
        raise UsageError(f"{' '.join(map(str, paths))}: holds no results (result.json)")
    results = [read_result(file) for file in files]
    from autograder.grading.launch import lanes_for, load_grader, sandbox_for

    differ = 0
    with sandbox_for(settings, lanes_for(jobs, len(results)), submissions=len(results), unconfined=unconfined) as sandbox:
        from autograder.grading.replay import other_ground, replay

        grader = load_grader(settings)
        for other in dict.fromkeys(reason for result in results for reason in other_ground(result, grader)):
            print(f"graded on other ground, marks may differ: {other}", file=sys.stderr)
        for again in replay(grader, sandbox, results):
            lines = again.differences
            differ += bool(lines)
            print(f"{again.old.name}: {'; '.join(lines) or f'the same marks, {again.new.score:g}'}")
    if differ:
        stop(f"{differ} of {len(results)} results are not what the same seed gives now", LOOK)


def _replaced(waiting: Any, out: Path) -> list[str]:
    """Results that will be written over although they were made from a file elsewhere."""
    from autograder.errors import AutograderError
    from autograder.reports import read_result

    found = []
    for one in waiting:
        try:
            old = read_result(out / one.name / "result.json")
        except AutograderError:
            continue
        if (Path(old.source).resolve(), old.members) != (Path(one.path).resolve(), one.members):
            found.append(f"{one.name} (was {' '.join([old.source, *old.members])}, now {' '.join([one.path, *one.members])})")
    return found


def _grade_all(steps: Any, grader: Any, waiting: Any, out: Path, *, kept: int) -> list[Any]:
    """Grade, write each result as it comes, and show how far it is. Ctrl-C keeps what is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

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
            for step in steps:
                if step.result is None:
                    continue
                write_submission(step.result, out, grader.config)
                results.append(step.result)
                counts[step.result.status] += 1
                said = ", ".join(f"{number} {status.value}" for status, number in counts.items() if number)
                bar.update(task, advance=1, description=said)
        except KeyboardInterrupt:
            stop(f"interrupted after {len(results)} of {len(waiting)}; the same command goes on from there", INTERRUPTED)
    return results


def _show(results: list[Any], out: Path, settings: Any) -> None:
    from rich.console import Console

    from autograder.reports import write_overviews
    from autograder.reports.attention import summarise_confinement
    from autograder.reports.terminal import attention, results_table

    results.sort(key=lambda result: result.name)
    graded = {result.name for result in results}
    older = sorted(path.parent.name for path in out.glob("*/result.json") if path.parent.name not in graded)
    list_first(f"in {shown(out)} and its reports from an earlier run", older)
    written = write_overviews(out, settings)
    console = Console()
    console.print(results_table(results, settings))
    print()
    for path in written:
        print(f"wrote {shown(path)}")
    print(f"wrote {shown(out)}/<submission>/feedback.html, result.json, results.json")
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


@app.command(epilog="Example: **autograder report results**")
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that `grade` wrote.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Write all reports again, from the result.json files alone."""
    from autograder.reports import write_reports

    settings = read_config(config)
    if results.is_dir() and not any(results.glob("*/result*.json")):
        raise UsageError(f"{results}: holds no results (<submission>/result.json)")
    written = write_reports(results, settings)
    for path in written[:2]:
        print(f"wrote {shown(path)}")
    print(f"wrote {len(written) - 2} files of submissions")


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


