"""Splits what was found into submissions that must be graded and those whose kept result is still current."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.errors import AutograderError
from autograder.grading.grade import Grader
from autograder.results import Status, SubmissionResult
from autograder.submissions import Found, digest_of


def split_current(
    grader: Grader, found: Sequence[Found], out: Path
) -> tuple[tuple[Found, ...], tuple[SubmissionResult, ...]]:
    """What is to be graded, and the kept results of the rest.

    A result is current if file, tests, configuration and versions are those that it was made from. One that errored never is.
    """
    from autograder.reports import read_result

    waiting: list[Found] = []
    kept: list[SubmissionResult] = []
    for one in found:
        try:
            result = read_result(out / one.name / "result.json")
        except AutograderError:  # none, or damaged
            waiting.append(one)
            continue
        same = result.bundle == grader.key and result.digest and result.digest == digest_of(one)
        if same and result.status is not Status.ERRORED:
            kept.append(result)
        else:
            waiting.append(one)
    return tuple(waiting), tuple(kept)
