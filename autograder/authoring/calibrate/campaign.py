"""Calibrates a threshold: subjects and a plan in, a threshold with what is known of it out. The pipeline on one screen.

1. Pilot: runs of the reference, from which the threshold is chosen. They prove nothing.
2. Proof: fresh runs of the reference against the threshold, which is fixed by now. They are counted at looks that were fixed
   before the first of them (`bounds.looks`), until the bound on the probability that all attempts of a correct submission
   fall short is no larger than the target; or until it is clear that this cannot be any more.
3. Wrong implementations: how often each of them reaches the threshold.
"""

from __future__ import annotations

import datetime
import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch

from autograder.authoring.calibrate.bounds import Look, looks, lower_limit, normal_tail, pareto_tails, runs_needed, upper_bound
from autograder.authoring.calibrate.found import Calibration, Plan, Progress, Sample
from autograder.authoring.calibrate.implementations import Implementation, Subjects
from autograder.authoring.calibrate.runs import Run, Runner, Task, marks_of, one_thread
from autograder.checks import data
from autograder.checks.context import RunSettings
from autograder.config import TrainingRun
from autograder.errors import AuthoringError, UsageError
from autograder.grading import seeds

IMAGES = 60_000
GRID = 0.5
"""Thresholds are multiples of so many percent."""
UNUSED_SECONDS = 600.0
"""Cap on seconds while the cap is still to be found."""
USUAL = 100
"""The cap on seconds is so many times the processor time of the median run."""


def calibrate(
    subjects: Subjects,
    run: TrainingRun,
    plan: Plan,
    *,
    jobs: int = 1,
    data_dir: Path | None = None,
    say: Callable[[Progress], None] = lambda progress: None,
    most_seconds: float = math.inf,
) -> Calibration:
    """Find a threshold for `run`, or try that of the plan. `most_seconds` is the largest cap on seconds to be proposed.

    `data_dir` holds `MNIST/raw` with unpacked files. Raises UsageError if the plan has too few runs for its target under any
    outcome, and AuthoringError if the reference does not run.
    """
    schedule = looks(plan.target, plan.most_attempts, plan.confidence, plan.most_runs)
    if not schedule:
        needed = runs_needed(plan.target, plan.most_attempts, plan.confidence)
        raise UsageError(
            f"{plan.most_runs} runs cannot show a probability of {plan.target:g} with {plan.most_attempts} attempts, even if "
            f"none of them fails: it takes {needed}; allow more runs or attempts, or ask for less"
        )
    steps = min(run.steps, run.epochs * math.ceil(IMAGES / run.batch_size))
    campaign = _Campaign(subjects, run, plan, steps, say, plan.pilot + len(subjects.wrong) * plan.wrong_runs + schedule[0].runs)
    with one_thread(), closing(Runner(subjects, data_dir or data.own_folder(), jobs)) as runner:
        pilot = tuple(campaign.make(runner, subjects.reference, "pilot", plan.pilot, threshold=0.0))
        threshold = _chosen([run.accuracy or 0.0 for run in pilot], plan) if plan.threshold is None else plan.threshold
        proof = campaign.prove(runner, schedule, threshold)
        wrong = {one: tuple(campaign.make(runner, one, one.name, plan.wrong_runs, threshold=threshold)) for one in subjects.wrong}
    failures = sum(not run.passed for run in proof)
    look, reached = next(((n, look) for n, look in enumerate(schedule, 1) if len(proof) <= look.runs), (0, schedule[-1]))
    once = upper_bound(failures, len(proof), reached.doubt)
    met = len(proof) == reached.runs and failures <= reached.failures
    attempts = next((n for n in range(1, plan.most_attempts + 1) if once**n <= plan.target), plan.most_attempts)
    reference = (*pilot, *proof)
    accuracies = [run.accuracy or 0.0 for run in reference]
    median = statistics.median(run.seconds for run in reference)
    settings = {
        "steps": steps, "threshold": threshold, "attempts": attempts, "seconds": _cap(median, most_seconds), "certificate": None,
    }  # fmt: skip
    return Calibration(
        plan=plan,
        run=run.model_copy(update=settings),
        code=subjects.code,
        pilot=pilot,
        proof=proof,
        failures=failures,
        looks=schedule,
        look=look,
        once=once,
        bound=once**attempts,
        normal=normal_tail(accuracies, threshold),
        pareto=pareto_tails(accuracies, threshold),
        wrong=tuple(sorted((Sample(one, runs, attempts) for one, runs in wrong.items()), key=_order)),
        marks=marks_of(steps),
        reason="" if met else f"{failures} of {len(proof)} runs of the solution fell short of {threshold:g} %, which is too many",
        torch=torch.__version__,
        date=datetime.date.today().isoformat(),
    )


class _Campaign:
    """Makes the runs of one calibration and tells how far it is."""

    def __init__(
        self, subjects: Subjects, run: TrainingRun, plan: Plan, steps: int, say: Callable[[Progress], None], planned: int
    ):
        self._subjects, self._plan, self._say = subjects, plan, say
        settings = run.model_dump(exclude={"certificate"}) | {"attempts": 1, "seconds": UNUSED_SECONDS, "steps": steps}
        self._settings = RunSettings(**settings)
        self._done, self._planned = 0, planned

    def make(
        self,
        runner: Runner,
        implementation: Implementation,
        doing: str,
        count: int,
        *,
        threshold: float,
        start: int = 0,
        stop: Callable[[Run], bool] = lambda run: False,
    ) -> Iterator[Run]:
        """Runs number `start` and up of an implementation, in no order. Raises AuthoringError if the reference does not run."""
        settings = replace(self._settings, threshold=threshold)
        watched = 0 if doing == "proof" else self._plan.curves
        tasks = [
            Task(
                implementation,
                seeds.derive(self._plan.seed, "calibrate", implementation.name, doing, str(number)),
                settings,
                marks_of(settings.steps) if number < watched else (),
            )
            for number in range(start, start + count)
        ]
        self._say(Progress(self._done, self._planned, doing))
        for run in runner.make(tasks, stop):
            if implementation is self._subjects.reference and (run.error or run.accuracy is None):
                raise AuthoringError(f"the solution's training run does not work: {run.error or 'it has no accuracy'}")
            self._done += 1
            self._say(Progress(self._done, self._planned, doing))
            yield run

    def prove(self, runner: Runner, schedule: Sequence[Look], threshold: float) -> tuple[Run, ...]:
        """Runs of the reference up to the first look that meets the target, or to the run after which none can."""
        runs: list[Run] = []
        failures = 0

        def hopeless(run: Run) -> bool:
            nonlocal failures
            failures += not run.passed
            return failures > schedule[-1].failures

        for look in schedule:
            count = look.runs - len(runs)
            self._planned += 0 if look is schedule[0] else count
            runs += self.make(
                runner, self._subjects.reference, "proof", count, threshold=threshold, start=len(runs), stop=hopeless
            )
            if failures <= look.failures or failures > schedule[-1].failures:
                break
        return tuple(runs)


def _chosen(accuracies: Sequence[float], plan: Plan) -> float:
    """The highest threshold of the grid that, by the pilot, one run of a correct submission already misses more rarely than the
    target allows to all attempts: so the proof should hold, and hardly any correct submission needs a second attempt.
    """
    try:
        limit = lower_limit(accuracies, plan.target, plan.confidence)
    except ValueError as error:
        raise UsageError(f"the pilot is too small: {error}; give it more runs") from error
    return max(0.0, math.floor(limit / GRID) * GRID)


def _cap(median: float, most: float) -> float:
    """The cap on seconds: 100 times the median run, rounded up to 5, and not above `most`."""
    return min(math.ceil(USUAL * median / 5) * 5.0, most)


def _order(sample: Sample) -> tuple[float, float]:
    accuracies = sample.accuracies
    return -sample.once(), -statistics.median(accuracies) if accuracies else 0.0
