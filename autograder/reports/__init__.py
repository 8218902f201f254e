"""What people and platforms get to see of results; `write_reports` makes all of it again from the `result.json` files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.config import Config
from autograder.results import Status, SubmissionResult

if TYPE_CHECKING:
    from autograder.reports.exports import Export
    from autograder.reports.final import Marks
    from autograder.reports.formats import Format
    from autograder.reports.overrides import Problem

__all__ = [
    "Reports", "outdated_exports", "overviews", "prepare_reports", "read_result", "read_results", "write_reports",
    "write_submission",
]  # fmt: skip

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


@functools.cache
def prepare_reports() -> None:
    """Import and compile what reports are made with: a few tenths of a second that whoever waits for a result has to spare.

    Another call does nothing.
    """
    import autograder.reports.terminal  # noqa: F401  # for whoever imports it next
    from autograder.reports import dashboard, feedback
    from autograder.reports.pages import compile_ahead

    compile_ahead(feedback.PAGE, dashboard.PAGE)


def overviews(
    results: Sequence[SubmissionResult], out: Path, config: Config, marks: Marks | None = None, besides: Container[Path] = ()
) -> tuple[Path, ...]:
    """Write `grades.csv` and `report.html` of these results into `out`; `marks` if anything is set by hand.

    Files for other gradebooks that are there from an earlier time are written again too, but for those of `besides`.
    """
    from autograder.reports.dashboard import write_dashboard
    from autograder.reports.exports import renew_exports
    from autograder.reports.final import Marks
    from autograder.reports.gradebook import write_gradebook

    written = write_gradebook(results, out, config, marks), write_dashboard(results, out, config, marks)
    return *written, *renew_exports(results, out, marks or Marks(config), besides)


@dataclass(frozen=True)
class Reports:
    """What `write_reports` did.

    Attributes:
        overviews: `grades.csv` and `report.html`, always written, and files for other gradebooks that were there.
        renewed: submissions whose `feedback.html` and `results.json` were written.
        current: submissions whose files were current, and were let be.
        problems: what about marks staff must look at.
        exports: what was written for other gradebooks.
        errored: submissions that the grader could not judge, or whose result is damaged.
    """

    overviews: tuple[Path, ...]
    renewed: tuple[str, ...]
    current: int
    problems: tuple[Problem, ...] = ()
    exports: tuple[Export, ...] = ()
    errored: tuple[SubmissionResult, ...] = ()


def write_reports(
    results_dir: Path,
    config: Config,
    *,
    fresh: bool = False,
    formats: Mapping[Format, Path] | None = None,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> Reports:
    """(Re)write `grades.csv` and `report.html`, and of each submission `feedback.html` and `results.json` where they are not
    current; all of them if it is to be `fresh`. `formats` are for other gradebooks, with where each is written. `say` is told
    how many submissions are done, and of how many.

    Everything comes from the `result.json` files, and the same files give the same bytes. A damaged one keeps the feedback
    that it has, and has its row in both overviews. Files are current while neither they nor the result, what is set by
    hand, the configuration or the code that makes them have changed since they were made.
    """
    from autograder.errors import UsageError
    from autograder.reports.folder import open_results
    from autograder.uncollected import uncollected

    if not results_dir.is_dir():
        raise UsageError(f"{results_dir}: is not a folder of results")
    renewed = []
    with open_results(results_dir, config) as folder:
        names = folder.names
        for done, name in enumerate(names, start=1):
            if folder.refresh_views(name, always=fresh):
                renewed.append(name)
            say(done, len(names))
        with uncollected():
            results, marks = list(folder.results()), folder.marks
            written = overviews(results, results_dir, config, marks, (formats or {}).values())
            exports = _exports(results, formats or {}, marks)
            problems = (*marks.problems(results), *outdated_exports(results_dir))
    errored = tuple(result for result in results if result.status is Status.ERRORED)
    return Reports(written, tuple(renewed), len(names) - len(renewed), problems, exports, errored)


def outdated_exports(out: Path) -> tuple[Problem, ...]:
    """What lies in the results for other gradebooks and could not be written again."""
    from autograder.reports.exports import outdated
    from autograder.reports.overrides import Problem

    return tuple(Problem("", text) for _, text in outdated(out))


def _exports(results: Sequence[SubmissionResult], formats: Mapping[Format, Path], marks: Marks) -> tuple[Export, ...]:
    if not formats:
        return ()
    from autograder.reports.exports import require_format, write_export

    require_format(formats)
    return tuple(write_export(wanted, results, path, marks) for wanted, path in formats.items())
