"""Grades works that mishaps happened to, all lanes at work, and says which of them lost what they must not lose."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import msgspec

from autograder.config import Config
from autograder.errors import UsageError
from autograder.grading.batch import grade_batch
from autograder.grading.grade import Grader
from autograder.grading.launch import load_grader
from autograder.results import Status, SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found, find_submissions
from tests.soak.mishaps.plans import SIMPLE, Bench, Made, Plan
from tests.soak.mishaps.storing import hand_in

CELL_SECONDS = 10.0
"""Seconds that a cell may run here: cells that never end are many, and no cell of the work takes a tenth of it."""
AT_ONCE = 100
MOST_TRIED = 2


@dataclass(frozen=True)
class Verdict:
    """What became of one work.

    Attributes:
        lost: question to marks lost, of those that must not lose any; "status" to 1 for what was not graded.
        why: one line.
    """

    plan: Plan
    lost: dict[str, float]
    why: str = ""

    @property
    def kind(self) -> str:
        """The mishaps, and nothing of their parameters."""
        return " + ".join(sorted(self.plan.mishaps))


def patient(config: Config) -> Config:
    """The configuration with less time for cells."""
    execution = config.execution.model_copy(update={"cell_seconds": CELL_SECONDS})
    return config.model_copy(update={"execution": execution})


def open_grader(config: Config) -> Grader:
    """The grader of the bundle, without its search for explanations. Open the sandbox first."""
    return replace(load_grader(config, patient(config)), diagnosis=None)


def grade(
    grader: Grader, sandbox: Sandbox, made: Sequence[Made], what: str = "", *, until: float = float("inf")
) -> list[Verdict]:
    """A verdict for each, in order. What is handed in as several files is judged by the best of them.

    `until`: `time.monotonic()` after which the rest is left out.
    """
    verdicts: list[Verdict] = []
    for start in range(0, len(made), AT_ONCE):
        if time.monotonic() > until:
            break
        with tempfile.TemporaryDirectory() as name:
            verdicts += _grade(grader, sandbox, made[start : start + AT_ONCE], Path(name))
        for verdict in verdicts[start:]:
            if what and verdict.lost:
                print(f"\r{verdict.lost} {verdict.plan}: {verdict.why[:200]}", file=sys.stderr)
        if what:
            bad = sum(bool(verdict.lost) for verdict in verdicts)
            print(f"\r{what}: {len(verdicts)} of {len(made)}, {bad} lost marks   ", end="", file=sys.stderr, flush=True)
    return verdicts


def _grade(grader: Grader, sandbox: Sandbox, made: Sequence[Made], folder: Path) -> list[Verdict]:
    found: list[Found] = []
    owner: dict[str, int] = {}
    verdicts: dict[int, Verdict] = {}
    for number, one in enumerate(made):
        place = folder / str(number)
        place.mkdir()
        try:
            files = find_submissions([hand_in(one.work, place)])
        except UsageError as error:
            verdicts[number] = Verdict(one.plan, {"status": 1.0}, str(error).replace(str(place), ""))
            continue
        for index, file in enumerate(files):
            unique = msgspec.structs.replace(file, name=f"{number}-{index}")
            found.append(unique)
            owner[unique.name] = number
    for step in grade_batch(grader, sandbox, found):
        if step.result is not None:
            number = owner[step.found.name]
            verdict = _verdict(made[number], step.result)
            before = verdicts.get(number)
            if before is None or sum(verdict.lost.values()) < sum(before.lost.values()):
                verdicts[number] = verdict
    return [verdicts[number] for number in range(len(made))]


def _verdict(made: Made, result: SubmissionResult) -> Verdict:
    if result.status is not Status.GRADED:
        why = (result.notes or ("",))[0] if result.status is Status.UNREADABLE else str(result.detail or result.notes)
        return Verdict(made.plan, {"status": 100.0}, f"{result.status}: {why.strip().splitlines()[-1][-300:] if why else ''}")
    lost = {
        one.name: one.max_score - one.score
        for one in result.questions
        if one.score < one.max_score and one.name not in made.work.may_lose
    }
    reasons = [
        f"{one.name}: {test.message} {test.actual or ''} {(test.detail or '').strip().splitlines()[-1:]} {one.notes[:1]}"
        for one in result.questions
        if one.name in lost
        for test in one.tests
        if test.points < test.max_points
    ]
    return Verdict(made.plan, lost, " ".join(reasons[0].split())[:400] if reasons else "")


def shrink(bench: Bench, grader: Grader, sandbox: Sandbox, failed: Iterable[Verdict]) -> dict[Plan, Verdict]:
    """For each plan that lost marks the smallest part of it that does, on a simple base if it does there.

    Parts of one or two mishaps are tried; if none loses marks, the plan stands for itself. All parts of one size are graded
    together, so that all cores are at work and common parts are graded once.
    """
    smallest: dict[Plan, Verdict] = {}
    left = {verdict.plan: verdict for verdict in failed}
    known = {str(verdict.plan): verdict for verdict in left.values()}
    for size in range(1, MOST_TRIED + 1):
        parts = {plan: list(_parts(plan, size)) for plan in left if len(plan.steps) >= size}
        wanted = {str(part): part for plan in parts for part in parts[plan] if str(part) not in known}
        made = [bench.again(part) for part in wanted.values()]
        known.update(zip(wanted, grade(grader, sandbox, made, f"parts of {size}"), strict=True))
        for plan, some in parts.items():
            bad = next((known[str(part)] for part in some if known[str(part)].lost), None)
            if bad is not None:
                smallest[plan] = bad
                del left[plan]
    return smallest | left


def _parts(plan: Plan, size: int) -> Iterable[Plan]:
    """Its parts of so many mishaps, on a simple base and on its own."""
    for base in dict.fromkeys((SIMPLE[0], plan.base)):
        for steps in combinations(plan.steps, size):
            yield Plan(base, steps)
