"""What people and platforms get to see of results; `write_reports` makes all of it again from the `result.json` files."""

from __future__ import annotations

from pathlib import Path

from autograder.config import Config

__all__ = ["write_reports"]


def write_reports(results_dir: Path, config: Config) -> tuple[Path, ...]:
    """(Re)write `grades.csv`, `report.html` and every `feedback.html`; return their paths in that order.

    A result that is damaged keeps the feedback it has, and has its row in both overviews.
    """
    # Imported late: whoever imports one module of this package should not pay for the others.
    import msgspec

    from autograder.errors import UsageError
    from autograder.reports.dashboard import write_dashboard
    from autograder.reports.feedback import write_feedback
    from autograder.reports.gradebook import write_gradebook
    from autograder.reports.store import is_damaged, read_results

    if not results_dir.is_dir():
        raise UsageError(f"{results_dir}: is not a folder of results")
    results, feedbacks = [], []
    for result in read_results(results_dir):
        if not is_damaged(result):
            feedbacks.append(write_feedback(result, results_dir / result.name, config))
        results.append(msgspec.structs.replace(result, cells=()))  # their outputs, of thousands, would fill the memory
    return write_gradebook(results, results_dir, config), write_dashboard(results, results_dir, config), *feedbacks
