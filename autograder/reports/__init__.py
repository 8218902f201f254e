"""What people and platforms get to see of results; `write_reports` makes all of it again from the `result.json` files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.config import Config
from autograder.results import SubmissionResult

__all__ = ["read_result", "read_results", "write_overviews", "write_reports", "write_submission"]

# Every import below is late: templates and the model of Gradescope's format cost more than a cold start can spare, and
# whoever needs one function of this package should not pay for the others.


def write_submission(result: SubmissionResult, out: Path, config: Config) -> Path:
    """Write `result.json`, `results.json` and `feedback.html` of one submission; return its folder under `out`."""
    from autograder.reports.store import write_submission as write

    return write(result, out, config)


def read_result(path: Path) -> SubmissionResult:
    """The result in `path`, a `result.json`. An `AutograderError` says what is wrong with the file."""
    from autograder.reports.store import read_result as read

    return read(path)


def read_results(out: Path) -> Iterator[SubmissionResult]:
    """The results in the folders under `out`, sorted by name; a damaged one is an errored submission with the reason."""
    from autograder.reports.store import read_results as read

    return read(out)


def write_overviews(results_dir: Path, config: Config) -> tuple[Path, Path]:
    """(Re)write `grades.csv` and `report.html` from the `result.json` files, and leave those of single submissions alone."""
    from autograder.reports.dashboard import write_dashboard
    from autograder.reports.gradebook import write_gradebook
    from autograder.reports.store import condensed
    from autograder.reports.store import read_results as read

    results = [condensed(result) for result in read(results_dir)]
    return write_gradebook(results, results_dir, config), write_dashboard(results, results_dir, config)


def write_reports(results_dir: Path, config: Config) -> tuple[Path, ...]:
    """(Re)write `grades.csv`, `report.html`, and each submission's `feedback.html` and `results.json`; return their paths.

    Everything comes from the `result.json` files, and the same files give the same bytes. A damaged one keeps the feedback
    that it has, and has its row in both overviews.
    """
    from autograder.errors import UsageError
    from autograder.reports.dashboard import write_dashboard
    from autograder.reports.gradebook import write_gradebook
    from autograder.reports.store import condensed, is_damaged, rewrite_views
    from autograder.reports.store import read_results as read

    if not results_dir.is_dir():
        raise UsageError(f"{results_dir}: is not a folder of results")
    results: list[SubmissionResult] = []
    views: list[Path] = []
    for result in read(results_dir):
        if not is_damaged(result):
            views.extend(rewrite_views(result, results_dir, config))
        results.append(condensed(result))
    return write_gradebook(results, results_dir, config), write_dashboard(results, results_dir, config), *views
