"""What the commands have in common: the application, exit codes, options, and how things are told."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from autograder.errors import UsageError

DONE, LOOK, WRONG, INTERRUPTED = 0, 1, 2, 130

EPILOG = """
**Exit codes.** 0: done. 1: done, but staff must look (a submission errored, a mutant survived, marks would change).
2: the call or the configuration is wrong, and nothing was done. 130: interrupted; the same command goes on where it stopped.

**Files.** grading_config.yaml: the configuration, looked for here unless --config names another; all paths in it start at it.
solutions/: the notebook that everything is made from. student_template/, dist/: written by generate. results/: written by grade.

**Start** with `autograder new NAME`. Every command has --help with an example.
"""

app = typer.Typer(
    name="autograder",
    help="Generate an assignment from one solution notebook, and grade what students hand in.",
    epilog=EPILOG,
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
CONFIG = Path("grading_config.yaml")


def stop(message: str, code: int) -> NoReturn:
    print(f"autograder: {message}", file=sys.stderr)
    raise SystemExit(code)


def read_config(path: Path, *, solution: bool = False) -> Any:
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


def list_first(what: str, things: Sequence[object]) -> None:
    """A line for each of the first ten things that somebody might miss."""
    for thing in things[:10]:
        print(f"{what}: {thing}", file=sys.stderr)
    if len(things) > 10:
        print(f"{what}: {len(things) - 10} more", file=sys.stderr)


def make_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; name a folder for the results with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise UsageError(f"{out}: results cannot be written there: {error.strerror or error}") from error


def shown(path: Path) -> str:
    """A path as short as it can be told from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
