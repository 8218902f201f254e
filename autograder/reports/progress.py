"""Shows how far long work is, on one line of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    """Runs a second."""

    def render(self, task: Task) -> Text:
        """What stands in the column."""
        return Text(f"{task.speed:.1f} a second" if task.speed else "")


@contextmanager
def run_progress(console: Console) -> Iterator[Callable[[int, int, str], None]]:
    """A line that lives until the end of the block; call it with runs done, runs planned, and what is being done.

    Without a terminal a line is printed for each new thing that is done.
    """
    told = ""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, speed_estimate_period=60) as bar:
        task = bar.add_task("starting", total=None)

        def say(done: int, planned: int, doing: str) -> None:
            nonlocal told
            if doing != told and not console.is_terminal:
                console.print(f"{done} of {planned} runs; now: {doing}", markup=False, highlight=False)
            told = doing
            bar.update(task, completed=done, total=planned, description=doing.replace("_", " "))

        yield say


@contextmanager
def campaign_progress(console: Console, doing: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """A line that lives until the end of the block; call it with notebooks done, of how many, if known, and what is at work.

    Without a terminal nothing is shown.
    """
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)
