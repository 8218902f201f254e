"""The command that attacks the grader: selftest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.interrupts import terminable
from autograder.cli.shared import (
    CONFIG,
    LOOK,
    ConfigOption,
    UnconfinedOption,
    app,
    read_config,
)
from autograder.errors import UsageError

REHEARSED = "breaking_out/"
"""The family of attacks that a rehearsal tries where none are named: what a container must not make easier."""


@app.command(
    epilog="Examples:\n\n- **autograder selftest**: grades every hostile notebook\n\n"
    "- **autograder selftest denial/**: one family\n\n"
    "- **autograder selftest dist/neural-networks-bundle.zip**: all of them on a bundle as it is handed on\n\n"
    "- **autograder selftest dist/neural-networks-bundle.zip --rehearse**: runs a bundle as Gradescope does"
)
def selftest(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[BUNDLE] [NAME]...", help="A bundle; only attacks whose name contains one.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Attacks at work at once; 0: one a core.")] = 0,
    listing: Annotated[bool, typer.Option("--list", help="List the attacks and leave.")] = False,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="LAYER",
            help="Leave a layer of confinement out, to see what it holds back: user, namespaces, landlock, seccomp, limits, "
            "dumpable, descriptors or environment.",
        ),
    ] = None,
    rehearsing: Annotated[
        bool,
        typer.Option(
            "--rehearse",
            help="Build the bundle's image and grade a complete submission as on Gradescope, without network, in its smallest "
            "container and then larger ones until one is safe; then attack in there. NAMEs choose the attacks, `/` takes all. "
            f"Default: {REHEARSED}",
        ),
    ] = False,
    unconfined: UnconfinedOption = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Attack this machine's grader with the hostile notebooks that ship with it, on the bundle of the configuration.

    Exit code 1 if one of them gained marks, read something hidden, left something behind or hurt the next submission; with
    --rehearse also if no container that Gradescope offers is safe.
    """
    bundles = [name for name in what or [] if name.endswith(".zip")]
    names = [name for name in what or [] if name not in bundles]
    if len(bundles) > 1:
        raise UsageError(f"one bundle at a time: {', '.join(bundles)}")
    if rehearsing:
        if leave_out or unconfined or jobs or listing:
            raise UsageError(
                "--rehearse runs a bundle as the platform does: leave --without, --unconfined, --jobs and --list out"
            )
        _rehearse(Path(bundles[0]) if bundles else None, names or [REHEARSED], config)
        return
    with tempfile.TemporaryDirectory(prefix="autograder-bundle-") as folder:
        if bundles:
            from autograder.bundles import unpack_settings

            config = unpack_settings(Path(bundles[0]), Path(folder))
        _attack(config, names, jobs=jobs, listing=listing, leave_out=leave_out or [], unconfined=unconfined)


def _rehearse(bundle: Path | None, names: list[str], config: Path) -> None:
    from rich.console import Console

    from autograder.bundles import bundle_path, require_bundle
    from autograder.rehearsal import rehearse
    from autograder.rehearsal.table import lines

    if bundle is None:
        settings = read_config(config)
        require_bundle(settings)
        bundle = bundle_path(settings)
    with terminable(), Console(stderr=True).status("") as status:
        found = rehearse(bundle, names, say=status.update)
    for line in lines(found):
        print(line)
    if not found.well:
        raise SystemExit(LOOK)


def _attack(config: Path, names: list[str], *, jobs: int, listing: bool, leave_out: list[str], unconfined: bool) -> None:
    settings = read_config(config)
    from rich.console import Console

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
    from autograder.grading.launch import lanes_for, load_grader
    from autograder.grading.limits import short_limits
    from autograder.reports.progress import campaign_progress
    from autograder.selftest import Verdict, run_attacks
    from autograder.selftest.layers import without
    from autograder.selftest.table import details, family_table, layer_lines

    short, done = short_limits(settings), 0
    with campaign_progress(Console(stderr=True), "attacking") as bar, without(tuple(leave_out)):
        bar(0, len(chosen), "")

        def say(step: Any) -> None:
            nonlocal done
            if isinstance(step, Verdict):
                done += 1
                bar(done, len(chosen), step.attack.name)

        lanes = lanes_for(jobs, len(chosen))
        made = run_attacks(short, chosen, lambda: load_grader(settings, short), lanes=lanes, unconfined=unconfined, say=say)
    console = Console()
    for text in (*layer_lines(made.layers), family_table(made), *details(made)):
        console.print(text)
    if not made.all_held:
        raise SystemExit(LOOK)
