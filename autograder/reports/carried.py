"""What Gradescope shows of a submission that was not graded, or not to its end: carried over from before, or so far."""

from __future__ import annotations

import datetime
import math
from typing import Any

from pydantic import ValidationError

from autograder.config import Config
from autograder.reports.gradescope import OVERVIEW, GradescopeResults, GradescopeTest, to_gradescope
from autograder.reports.text import count
from autograder.results import SubmissionResult

UNFINISHED = (
    "Grading did not finish: the questions that it did not come to count as not answered below, so these are not your marks. "
    "Please hand in again, or tell the course staff."
)


def unfinished(result: SubmissionResult, config: Config, *, explained: bool = True) -> GradescopeResults:
    """`result`, of which not all was judged, with words that say so."""
    shown = to_gradescope(result, config, explained=explained)
    data = {**(shown.extra_data or {}), "status": "unfinished"}
    return shown.model_copy(update={"output": UNFINISHED, "leaderboard": None, "extra_data": data})


def not_graded(again_at: datetime.datetime, config: Config, *, results: Any = None, score: Any = None) -> GradescopeResults:
    """Of a submission that came too soon: the marks of the one before it, if there are any, and when to hand in again.

    `results`, `score`: of that one, as the platform tells them; what is no result in Gradescope's form is left out.
    """
    limits = config.gradescope
    earlier = results if isinstance(results, dict) else {}
    tests = _tests(earlier.get("tests"))
    mark = next((value for value in (_number(earlier.get("score")), _number(score)) if value is not None), None)
    rate = f"{count(limits.rate_submissions, 'submission')} in {limits.rate_hours:g} hours"
    text = (
        f"This submission was not graded: {rate} {'is' if limits.rate_submissions == 1 else 'are'} graded at most. "
        f"Hand in again from {again_at:%Y-%m-%d %H:%M} (UTC{again_at:%z}) on. "
    )
    if tests or mark is not None:
        text += "What is shown here is of your submission before this one."
    else:
        text += "There are no earlier marks to show here; those of an earlier submission count again if you activate it."
    line = GradescopeTest(
        status="failed", name="Not graded", number=f"{OVERVIEW}.0", output=text, output_format="text", visibility=limits.public
    )
    return GradescopeResults(
        score=mark if mark is not None else (None if any(test.score is not None for test in tests) else 0.0),
        output=text,
        output_format="text",
        test_output_format="text",
        test_name_format="text",
        stdout_visibility=limits.output,
        extra_data={"status": "not graded", "again_at": again_at.isoformat()},
        tests=(line, *tests),
    )


def _tests(entries: Any) -> tuple[GradescopeTest, ...]:
    """Entries of earlier results, but for those that say what is said anew here. All or, if one is of no known form, none."""
    kept = []
    for entry in entries if isinstance(entries, list | tuple) else ():
        known = {name: entry[name] for name in GradescopeTest.model_fields if name in entry} if isinstance(entry, dict) else {}
        try:
            test = GradescopeTest.model_validate(known)
        except ValidationError:
            return ()
        if test.score is None and test.status is None:
            return ()
        if test.number != f"{OVERVIEW}.0":
            kept.append(test)
    return tuple(kept)


def _number(value: Any) -> float | None:
    """A mark, which the platform writes as a number or as text."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
