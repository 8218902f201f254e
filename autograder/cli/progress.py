"""Shows how far grading is: a line that lives in a terminal, or one a minute in a log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from autograder.results import Status, SubmissionResult

if TYPE_CHECKING:
    from rich.console import Console

WINDOW: Final = 200
"""Submissions whose ends make up the rate: so many that one slow one does not matter, so few that it follows a change."""
EVERY: Final = 60.0
"""Seconds between two lines where there is no terminal."""


class Tally:
    """Counts results as they come, and says how fast they come.

    Attributes:
        total: how many there will be.
        done: how many there are.
        passed: of these, how many have all their points.
        failed: how many lost points, or hold no work.
        errored: how many the grader could not judge; staff must look.
    """

    def __init__(self, total: int, now: float):
        """`now`: seconds of a clock that never goes back, here and below."""
        self.total, self.done, self.passed, self.failed, self.errored = total, 0, 0, 0, 0
        self._ends = deque([now], maxlen=WINDOW)

    def add(self, result: SubmissionResult, now: float) -> None:
        """Count a result."""
        self.done += 1
        if result.status is Status.ERRORED:
            self.errored += 1
        elif result.score >= result.max_score:
            self.passed += 1
        else:
            self.failed += 1
        self._ends.append(now)

    @property
    def counts(self) -> str:
        """The running counts, in words."""
        return f"{self.passed} passed, {self.failed} failed, {self.errored} errored"

    def a_minute(self) -> float | None:
        """Results a minute, lately; None before the second."""
        seconds = self._ends[-1] - self._ends[0]
        return (len(self._ends) - 1) / seconds * 60 if len(self._ends) > 2 and seconds > 0 else None

    def remaining(self, now: float) -> float | None:
        """Seconds until all are done, if it goes on like this; None if nothing can be said yet."""
        rate = self.a_minute()
        return max(0.0, (self.total - self.done) / rate * 60 - (now - self._ends[-1])) if rate else None

    def pace(self, now: float) -> str:
        """Rate and remaining time, in words; empty if nothing can be said yet."""
        rate, left = self.a_minute(), self.remaining(now)
        if rate is None or left is None:
            return ""
        return f"{rate:.1f} a minute, {_duration(left)} left" if self.done < self.total else f"{rate:.1f} a minute"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


@contextmanager
def grading_progress(
    console: Console, total: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[SubmissionResult], Tally]]:
    """Shows progress until the block ends; call it with each result as it comes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    tally = Tally(total, clock())
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        told = clock()

        def count(result: SubmissionResult) -> Tally:
            nonlocal told
            now = clock()
            tally.add(result, now)
            said = "; ".join(part for part in (tally.pace(now), tally.counts) if part)
            bar.update(task, advance=1, description=said)
            if not console.is_terminal and (now - told >= EVERY or tally.done == total > 1):
                told = now
                console.print(f"graded {tally.done} of {total}; {said}", markup=False, highlight=False, soft_wrap=True)
            return tally

        yield count
