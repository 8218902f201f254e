"""The command that grades: grade."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from autograder.cli.interrupts import terminable, whole
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
from autograder.uncollected import uncollected

if TYPE_CHECKING:
    from autograder.config import Config
    from autograder.grading.batch import BatchProgress
    from autograder.grading.digests import Digests
    from autograder.grading.resume import Split
    from autograder.reports.folder import ResultsFolder
    from autograder.submissions import Found


@app.command(
    epilog="Examples:\n\n- **autograder grade submissions/ --out results -j 2**: grades a folder, two at a time\n\n"
    "- **autograder grade --replay results/one**: grades one again with its own seed and compares"
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
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Publish marks that a regrade changes; they are shown all the same.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", hidden=True, help="Draw the hidden inputs of all submissions from this seed.")
    ] = None,
    unconfined: UnconfinedOption = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Grade submissions: a table here; grades.csv, report.html and a folder for each submission in the results.

    What overrides.yaml in the results sets by hand is applied to all of them.
    After Ctrl-C, SIGTERM or a power failure the same command goes on where it stopped. If tests or configuration have changed
    since earlier results were made, it shows whose marks change and why before it publishes them.
    """
    from autograder.certificate import require_certificate

    settings = read_config(config)
    require_certificate(settings)
    if replay:
        if scheduler:
            raise UsageError("--replay grades on this machine: leave --scheduler out")
        _replay(paths, settings, jobs, unconfined=unconfined)
        return
    from autograder.bundles import require_bundle
    from autograder.submissions import discover

    require_bundle(settings)
    with uncollected():
        discovery = discover(paths, one_per)
    found = discovery.found
    if any(path.resolve() == out.resolve() for path in paths):
        raise UsageError(f"--out {out}: this is what is to be graded; name a folder of its own for the results")
    make_folder(out)
    list_first("recognised", discovery.layouts)
    list_first("not graded, because it is no submission", discovery.passed_over)
    from autograder.reports.folder import ResultsFolder, hold

    with terminable(), hold(out):
        from autograder.grading.launch import load_grader

        with _bench(settings, scheduler, jobs, len(found), unconfined=unconfined) as grade_batch:
            from autograder.grading.digests import Digests
            from autograder.grading.resume import split_current

            grader = load_grader(settings)
            folder = ResultsFolder(out, settings)  # not before the sandbox is open: workers must not inherit other results
            digests = Digests(folder.own)
            split = split_current(grader, found, folder, digests, fresh=fresh)
            _tell(split, len(found))
            _keep_all(grade_batch(grader, split.waiting, seed), split, folder, digests)
        held = _settle(split, folder, settings, yes=yes)
        for name in dict.fromkeys([*split.kept, *folder.overridden]):
            folder.refresh_views(name)
        if split.waiting:
            folder.look_again()
        _show(found, folder, settings, held=held)


@contextmanager
def _bench(settings: Any, scheduler: str, jobs: int, submissions: int, *, unconfined: bool) -> Iterator[Callable[..., Any]]:
    """What grades a batch, given a grader and what was found: the cores of this machine, or a cluster."""
    if scheduler:
        from autograder.cluster.client import connected

        with connected(scheduler, say=_say, jobs=jobs, unconfined=unconfined) as cluster:
            yield lambda grader, found, seed: cluster.grade_batch(grader, found, seed=seed)
        return
    from autograder.grading.launch import lanes_for, sandbox_for

    with sandbox_for(settings, lanes_for(jobs, submissions), submissions=submissions, unconfined=unconfined) as sandbox:
        from autograder.grading.batch import grade_batch

        yield lambda grader, found, seed: grade_batch(grader, sandbox, found, seed=seed)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


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


def _tell(split: Split, found: int) -> None:
    """What there is already, before grading begins."""
    if split.kept:
        print(f"{len(split.kept)} of {found} results are current; --fresh grades them again", file=sys.stderr)
    if split.staged:
        print(f"{len(split.staged)} of {found} were graded again by an earlier run, and wait to be published", file=sys.stderr)
    replaced = [f"{one.name} (was {was}, now {' '.join([one.path, *one.members])})" for one, was in split.elsewhere]
    list_first("replaced, though it is the result of another file", replaced)


def _keep_all(
    steps: Generator[BatchProgress, None, None], split: Split, folder: ResultsFolder, digests: Digests
) -> None:
    """Write each result as it comes, and show how far it is. Ctrl-C and SIGTERM keep what is done, and end what is under way."""
    from rich.console import Console

    from autograder.cli.progress import grading_progress
    from autograder.reports import prepare_reports

    done, total = 0, len(split.waiting)
    with closing(steps), grading_progress(Console(stderr=True), total) as count:
        try:
            for step in steps:
                if step.result is None:
                    digests.begin(step.found)
                    prepare_reports()  # while submissions run, there is time
                    continue
                with whole():
                    digests.end(step.found, step.result.digest)
                    keep = folder.stage if step.found.name in split.regraded else folder.write
                    keep(step.result)
                    done = count(step.result).done
        except KeyboardInterrupt:
            stop(f"interrupted after {done} of {total}; the same command goes on from there", INTERRUPTED)


def _settle(split: Split, folder: ResultsFolder, settings: Config, *, yes: bool) -> bool:
    """Show what a regrade changes, then publish it if no mark changes or it is wanted so. Whether it is held back."""
    if not split.regraded:
        return False
    from rich.console import Console

    from autograder.reports.changes import Change, changes, changes_table, write_changes

    found: list[Change] = []
    ready = set[str]()
    for new in folder.staged():
        if new.name in split.regraded:
            found += changes(folder.whole(new.name), new)
            ready.add(new.name)
    whose = len({one.submission for one in found})
    print(f"graded again although nothing else was handed in: {len(ready)}; marks change in {whose}")
    if found:
        Console().print(changes_table(found, settings))
    print(f"wrote {shown(write_changes(found, folder.out, settings))}\n")
    if found and not yes and not _agreed(whose):
        return True
    with whole():
        folder.publish(frozenset(ready))
    return False


def _agreed(whose: int) -> bool:
    """Ask whether changed marks are to be published; without a terminal there is nobody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty() and typer.confirm(f"Publish the changed marks of {whose}?")


def _show(found: Sequence[Found], folder: ResultsFolder, settings: Config, *, held: bool) -> None:
    """Write the overviews, and show the results of what was found."""
    if held:
        stop(
            f"nothing was published: {shown(folder.out / 'grades.csv')}, pages and results are as they were; "
            "the same command with --yes publishes the changed marks, without grading again",
            LOOK,
        )
    from rich.console import Console

    from autograder.reports import outdated_exports, overviews
    from autograder.reports.attention import summarise_confinement
    from autograder.reports.terminal import attention, mark_problems, results_table

    out, names = folder.out, {one.name for one in found}
    with uncollected():
        everything = list(folder.results())
        results = [result for result in everything if result.name in names]
        list_first(f"in {shown(out)} and its reports from an earlier run", [r.name for r in everything if r.name not in names])
        marks = folder.marks
        written = overviews(everything, out, settings, marks)
        problems = (*marks.problems(everything), *outdated_exports(out))
    console = Console()
    console.print(results_table(results, settings, marks))
    print()
    for path in written:
        print(f"wrote {shown(path)}")
    print(f"wrote {shown(out)}/<submission>/feedback.html, result.json, results.json")
    lines = (*attention(results), *mark_problems(problems))
    if lines:
        print("\nPlease look at:")
        for line in lines:
            console.print(line, soft_wrap=not console.is_terminal)
    confinement = summarise_confinement(results)
    missing = [layer.name for layer in confinement.layers if layer.missing and not layer.extra]
    if confinement.level == "unconfined":
        console.print("\nUNCONFINED: student code could reach the grader, its files and its memory.", style="bold red")
    if missing:
        print(f"\nNot confined by: {', '.join(missing)} (see result.json for the reasons)")
    if problems or (lines and any(result.status.value == "errored" for result in results)):
        raise SystemExit(LOOK)
