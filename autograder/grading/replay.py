"""Grades submissions again with the seeds of earlier results, and says where the marks are not the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.errors import UsageError
from autograder.grading.batch import grade_batch
from autograder.grading.grade import Grader
from autograder.reports.changes import STATUS, Change, changes
from autograder.results import SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found, digest_of


@dataclass(frozen=True)
class Replayed:
    """An earlier result, and what the same seed gives now."""

    old: SubmissionResult
    new: SubmissionResult

    @property
    def differences(self) -> tuple[str, ...]:
        """One line for each mark that is another one now; none if the grade was confirmed."""
        return tuple(map(_said, changes(self.old, self.new)))


def replayable(results: Sequence[SubmissionResult]) -> tuple[Found, ...]:
    """The submissions behind results. Raises UsageError if one is gone or is not the file that was graded."""
    found = []
    for result in results:
        one = Found(result.name, result.source, result.members, result.students, result.submitted_at, result.late)
        if not one.location.exists():
            raise UsageError(f"{result.name}: {result.source} is not there; call from the folder where it was graded")
        if result.digest and digest_of(one) != result.digest:
            raise UsageError(f"{result.name}: {result.source} has changed since it was graded")
        found.append(one)
    return tuple(found)


def other_ground(result: SubmissionResult, grader: Grader) -> tuple[str, ...]:
    """What a replay does not have in common with the earlier grading, a phrase each; none if it must give the same marks."""
    if result.bundle == grader.key:
        return ()
    names = sorted({*result.versions, *grader.versions})
    found = [
        f"{name} {result.versions.get(name, 'missing')}, now {grader.versions.get(name, 'missing')}"
        for name in names
        if result.versions.get(name) != grader.versions.get(name)
    ]
    return tuple(found) or ("tests or configuration have changed",)


def replay(grader: Grader, sandbox: Sandbox, results: Sequence[SubmissionResult]) -> Iterator[Replayed]:
    """Grade again what `results` were made from, with the same seeds; one at a time, as they are ready."""
    found = replayable(results)
    by_name = {result.name: result for result in results}
    for step in grade_batch(grader, sandbox, found, seeds_of={name: result.seed for name, result in by_name.items()}):
        if step.result is not None:
            yield Replayed(by_name[step.found.name], step.result)


def _said(change: Change) -> str:
    if change.question == STATUS:
        return f"status: {change.why}"
    old, new = ("no such test" if value is None else f"{value:g}" for value in (change.old, change.new))
    return f"{change.question}{f'/{change.case}' if change.case else ''}: {old}, now {new}"
