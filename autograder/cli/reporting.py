"""The command that writes reports again: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.shared import CONFIG, LOOK, ConfigOption, app, list_first, read_config, shown
from autograder.errors import UsageError
from autograder.reports.formats import Format


@app.command(
    epilog="Examples:\n\n- **autograder report results**: writes the reports again\n\n"
    "- **autograder report results --format canvas**: writes what Canvas imports, too\n\n"
    "- **autograder report results --similarity**: compares submissions, too"
)
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder that `grade` wrote.")],
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the pages of all submissions again, current ones too.")] = False,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format",
            help="Write final marks for another gradebook too, in its own columns; csv and xlsx have everything. Repeatable.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Where that goes. Default: canvas.csv and so on, in the results."),
    ] = None,
    similarity: Annotated[
        bool,
        typer.Option(
            "--similarity",
            help="Write similarity.html too: pairs of submissions with much code in common. What was handed in is read again. "
            "Needs the extra `report`.",
        ),
    ] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Write all reports again, from the result.json files alone, with what overrides.yaml beside them sets by hand.

    The pages of a submission are left alone while neither they nor its result, the configuration or the grader's version have
    changed since they were made.
    """
    from autograder.reports import write_reports
    from autograder.reports.exports import FILES, NEEDED, require_format
    from autograder.reports.store import RESERVED

    settings = read_config(config)
    if not results.is_dir():
        raise UsageError(f"{results}: is not a folder of results; `autograder grade` writes one")
    if not any(results.glob("*/result*.json")):
        raise UsageError(f"{results}: holds no results (<submission>/result.json); name the folder that `autograder grade` wrote")
    wanted = list(dict.fromkeys(formats or []))
    require_format(wanted)
    if out is not None and len(wanted) != 1:
        raise UsageError(f"--out {out}: is where one --format goes; {'name one' if not wanted else 'leave it out for several'}")
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise UsageError(f"--out {out}: {'is a folder; name a file in it' if out.is_dir() else 'its folder does not exist'}")
    if out is not None and out.name.lower() in RESERVED - {FILES[wanted[0]]} and out.absolute().parent.samefile(results):
        raise UsageError(f"--out {out}: has its own use among results; choose another name")
    places = {name: out or results / FILES[name] for name in wanted}
    from rich.console import Console

    from autograder.reports.progress import campaign_progress

    if similarity:
        from autograder.similarity import write_similarity

        with campaign_progress(Console(stderr=True), "submissions read") as say:
            print(f"wrote {shown(write_similarity(results, settings, say=lambda done, of: say(done, of, '')))}")
    with campaign_progress(Console(stderr=True), "pages") as say:
        written = write_reports(results, settings, fresh=fresh, formats=places, say=lambda done, of: say(done, of, ""))
    for path in written.overviews:
        print(f"wrote {shown(path)}")
    current = f"; those of {written.current} were current" if written.current else ""
    print(f"wrote feedback.html and results.json of {len(written.renewed)} submissions{current}")
    for name, export in zip(wanted, written.exports, strict=True):
        print(f"wrote {shown(export.path)}")
        list_first(f"{name}: in the file, but with {NEEDED[name]}", export.unknown)
        list_first(f"{name}: in the file without a mark, because the grader could not judge it", export.without_mark)
    if written.problems or written.errored:
        from autograder.reports.terminal import attention, mark_problems

        console = Console()
        print("\nPlease look at:")
        for line in (*attention(written.errored), *mark_problems(written.problems)):
            console.print(line, soft_wrap=not console.is_terminal)
        raise SystemExit(LOOK)
