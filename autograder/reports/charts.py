"""Prepares what the class report draws: what was judged in, compact data for its heat map and its scatter plot out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from autograder.reports.final import FinalMark
from autograder.reports.judged import Judged
from autograder.reports.summary import training_run
from autograder.reports.text import one_line
from autograder.results import Status, SubmissionResult

WIDTH, HEIGHT, MARGIN = 640.0, 260.0, 46.0
"""Of the scatter plot, in its own units; the margin is for the scales, on the left and below."""
_DIGITS: Final = 4


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A line or a label of a scale: where it is drawn, and what it says."""

    at: float
    text: str


class Scatter(msgspec.Struct, frozen=True, kw_only=True):
    """Accuracy (%) against seconds, as the page draws it.

    Attributes:
        reached, missed: outlines of the points on either side of the threshold: discs and crosses.
        threshold: its height; None if there is none.
        count: of points.
    """

    reached: str
    missed: str
    threshold: float | None
    across: tuple[Mark, ...]
    upward: tuple[Mark, ...]
    count: int


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A submission, as the page's script reads it: `by_hand` has column and points of cases that were set by hand, with whether
    these are the points of the whole question."""

    name: str
    link: str
    verdicts: str
    total: float | None
    x: float | None
    y: float | None
    accuracy: float | None
    seconds: float | None
    by_hand: tuple[tuple[int, float, bool], ...] = ()


class _Data(msgspec.Struct, frozen=True):
    cases: tuple[tuple[str, str, str, bool], ...]
    rows: tuple[_Row, ...]


def charts(
    grid: Judged,
    listed: Sequence[SubmissionResult],
    link: Callable[[SubmissionResult], str],
    threshold: float | None,
    final: Mapping[str, FinalMark] | None = None,
) -> tuple[str, Scatter | None]:
    """The data of the page's scripts, safe inside a `script` element, and the scatter plot; None if there are no runs.

    Both are of `listed` submissions only, as far as they hold work. Verdicts are those of the tests; what was set by hand, as far
    as `final` has it by submission, is told beside them.
    """
    names = {result.name for result in listed}
    chosen = [(result, verdicts) for result, verdicts in zip(grid.results, grid.verdicts, strict=True) if result.name in names]
    runs = {result.name: training_run(result) for result, _ in chosen}
    points = {name: (run.seconds, run.accuracy) for name, run in runs.items() if run is not None and run.seconds is not None}
    longest = max((seconds for seconds, _ in points.values()), default=0.0)
    step = _step(longest)
    right = max(step, math.ceil(longest / step) * step)
    lowest = min((accuracy for _, accuracy in points.values()), default=0.0)
    floor = 0.0 if lowest < 50 else 50.0
    places = {name: (_across(seconds, right), _upward(accuracy, floor)) for name, (seconds, accuracy) in points.items()}
    rows = []
    for result, verdicts in chosen:
        x, y = places.get(result.name, (None, None))
        seconds, accuracy = points.get(result.name, (None, None))
        mark = (final or {}).get(result.name)
        total = mark.mark if mark is not None else None if result.status is Status.ERRORED else result.score
        by_hand = _by_hand(grid, mark) if mark is not None else ()
        rows.append(_Row(one_line(result.name), link(result), verdicts, total, x, y, _short(accuracy), _short(seconds), by_hand))
    cases = tuple((one_line(c.question), one_line(c.case), one_line(c.title), c.hidden) for c in grid.case_names)
    if not points:
        return _safe(_Data(cases, tuple(rows))), None
    reached = [places[name] for name, (_, accuracy) in points.items() if threshold is None or accuracy >= threshold]
    missed = [places[name] for name, (_, accuracy) in points.items() if threshold is not None and accuracy < threshold]
    scatter = Scatter(
        reached="".join(f"M{x:g} {y:g}h0" for x, y in reached),
        missed="".join(f"M{x - 3:g} {y - 3:g}l6 6m0 -6l-6 6" for x, y in missed),
        threshold=_upward(threshold, floor) if threshold is not None and threshold >= floor else None,
        across=tuple(Mark(at=_across(step * i, right), text=f"{step * i:g}") for i in range(round(right / step) + 1)),
        upward=tuple(Mark(at=_upward(value, floor), text=f"{value:g}") for value in _quarters(floor)),
        count=len(points),
    )
    return _safe(_Data(cases, tuple(rows))), scatter


def _by_hand(grid: Judged, mark: FinalMark) -> tuple[tuple[int, float, bool], ...]:
    cases = {(one.question, one.case): one.points for one in mark.set_by_hand}
    found = []
    for column, case in enumerate(grid.case_names) if cases else ():
        for key, whole in (((case.question, case.case), False), ((case.question, ""), True)):
            if key in cases:
                found.append((column, cases[key], whole))
    return tuple(found)


def _step(longest: float) -> float:
    """A round distance between the lines of a scale up to `longest`, of which there are four to ten."""
    if longest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(longest))
    return next(power * part for part in (0.2, 0.25, 0.5, 1.0, 2.0) if longest / (power * part) <= 8)


def _quarters(floor: float) -> tuple[float, ...]:
    return tuple(floor + (100.0 - floor) * part / 5 for part in range(6))


def _across(seconds: float, right: float) -> float:
    return round(MARGIN + (WIDTH - MARGIN - 12) * min(max(seconds / right, 0.0), 1.0), 1)


def _upward(accuracy: float, floor: float) -> float:
    share = min(max((accuracy - floor) / (100.0 - floor), 0.0), 1.0)
    return round(HEIGHT - MARGIN - (HEIGHT - MARGIN - 12) * share, 1)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _safe(data: _Data) -> str:
    """JSON in which no text can end the element that it is in, nor begin a comment in it."""
    return msgspec.json.encode(data).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
