"""Grades many submissions: one judge process a core, results handed back one by one as they are ready."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from autograder.grading import seeds
from autograder.grading.grade import Grader
from autograder.grading.judges import Judges
from autograder.results import SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found


class BatchProgress(msgspec.Struct, frozen=True):
    """A submission was begun (`result` is None) or is done."""

    found: Found
    result: SubmissionResult | None


def grade_batch(
    grader: Grader,
    sandbox: Sandbox,
    found: Sequence[Found],
    *,
    seed: int | None = None,
    seeds_of: Mapping[str, int] | None = None,
    ahead: bool = True,
) -> Generator[BatchProgress, None, None]:
    """Grade all of `found` on all lanes of the sandbox. A judge that is lost costs its submission an `errored` result.

    Each submission's hidden inputs come from a seed of the operating system's, unless one is given that all of them follow
    from, or `seeds_of` has one for the submission's name.

    `ahead`: whether a judge goes on to its next submission before its result is handed on, so that it does not wait until that
    is on the disk. Without it, the caller may look at what a submission left behind.
    """
    waiting = list(reversed(found))
    judges = Judges(grader, sandbox.lanes[: max(1, len(found))])
    try:
        done: list[tuple[Found, SubmissionResult]] = []
        while True:
            if not ahead:
                yield from _handed_on(done)
            begun = []
            while waiting and judges.idle:
                one = waiting.pop()
                judges.give(one, seed_for(one, seed, seeds_of or {}))
                begun.append(BatchProgress(one, None))
            yield from begun  # all judges are at work by now: whoever is told has time
            if ahead:
                yield from _handed_on(done)
            if not judges.busy:
                return
            done = judges.take()
    finally:
        judges.close()


def grade_notebooks(
    grader: Grader, sandbox: Sandbox, notebooks: Mapping[str, bytes], work: Path
) -> dict[str, SubmissionResult]:
    """Write these notebooks into the folder `work` and grade them. The results by name."""
    found = [Found(name, str(work / f"{name}.ipynb")) for name in notebooks]
    for one in found:
        one.location.write_bytes(notebooks[one.name])
    return {step.found.name: step.result for step in grade_batch(grader, sandbox, found) if step.result is not None}


def _handed_on(done: Sequence[tuple[Found, SubmissionResult]]) -> Iterator[BatchProgress]:
    return (BatchProgress(found, result) for found, result in done)


def seed_for(found: Found, seed: int | None, seeds_of: Mapping[str, int]) -> int:
    """The seed of one submission, as `grade_batch` says."""
    if found.name in seeds_of:
        return seeds_of[found.name]
    return seeds.fresh() if seed is None else seeds.derive(seed, found.name)
