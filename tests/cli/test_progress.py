"""How far grading is: counts, pace and remaining time, in a terminal and in a log."""

from __future__ import annotations

import io

from rich.console import Console

from autograder.cli.progress import Tally, grading_progress
from autograder.results import SubmissionResult
from tests.reports import factory


def _three() -> list[SubmissionResult]:
    return [factory.submission(), factory.submission("cyd", factory.partial()), factory.errored()]


def test_passed_failed_and_errored_are_never_mixed() -> None:
    """All points, fewer points or no work, and what the grader could not judge."""
    tally = Tally(4, 0.0)
    for result in (*_three(), factory.unreadable()):
        tally.add(result, 1.0)
    assert tally.counts == "1 passed, 2 failed, 1 errored"


def test_rate_and_remaining_time_follow_the_last_results() -> None:
    """One every two seconds is 30 a minute; when they come faster, what is left becomes less."""
    tally = Tally(1_000, 0.0)
    assert tally.pace(0.0) == ""
    for second in range(2, 601, 2):
        tally.add(factory.submission(), float(second))
    assert tally.pace(600.0) == "30.0 a minute, 0:23:20 left"
    for tenth in range(1, 201):
        tally.add(factory.submission(), 600 + tenth / 10)
    assert tally.pace(620.0) == "600.0 a minute, 0:00:50 left"


def test_a_terminal_shows_a_line_that_lives_and_a_log_one_a_minute() -> None:
    """In both there are the counts, the rate and how many are done; a log is not filled with a line for each submission."""
    for terminal in (True, False):
        written, now = io.StringIO(), [0.0]
        console = Console(file=written, force_terminal=terminal, width=160, color_system=None)
        with grading_progress(console, 600, lambda now=now: now[0]) as count:  # type: ignore[misc]  # bound now
            for number in range(600):
                now[0] = number * 1.0
                count(_three()[number % 3])
        last = written.getvalue()
        assert "200 passed, 200 failed, 200 errored" in last and "60.0 a minute" in last
        if not terminal:
            assert len(last.splitlines()) == 10 and "graded 600 of 600" in last
