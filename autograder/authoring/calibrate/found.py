"""What is asked of a calibration, and what it found."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.authoring.calibrate.bounds import Look, interval
from autograder.authoring.calibrate.implementations import Implementation
from autograder.authoring.calibrate.runs import Run
from autograder.config import TrainingRun


@dataclass(frozen=True)
class Plan:
    """What is asked of a calibration.

    Attributes:
        target: the largest probability with which a correct submission may fall short, all its attempts together.
        confidence: of the bound that meets it.
        most_attempts: how often a run may be tried.
        most_runs: of the proof.
        pilot: runs that the threshold is chosen from.
        wrong_runs: of each wrong implementation.
        curves: runs of each implementation whose accuracy is recorded on the way, too.
        threshold: a threshold that is to be kept, %; None: choose one.
        seed: all runs follow from it.
    """

    target: float = 1e-6
    confidence: float = 0.999
    most_attempts: int = 3
    most_runs: int = 1500
    pilot: int = 200
    wrong_runs: int = 100
    curves: int = 20
    threshold: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """All runs of one implementation, and what they say about passing once and with all attempts."""

    implementation: Implementation
    runs: tuple[Run, ...]
    attempts: int

    @property
    def accuracies(self) -> tuple[float, ...]:
        """Of the runs that came to their end, %, from the lowest."""
        return tuple(sorted(run.accuracy for run in self.runs if run.accuracy is not None))

    @property
    def passed(self) -> int:
        """Runs that the test was content with."""
        return sum(run.passed for run in self.runs)

    def once(self) -> float:
        """Share of the runs that passed."""
        return self.passed / len(self.runs)

    def in_all(self) -> float:
        """The probability that one of all attempts passes, from that share."""
        return 1 - (1 - self.once()) ** self.attempts

    def limits(self, confidence: float = 0.95) -> tuple[float, float]:
        """Limits of `in_all`."""
        low, high = interval(self.passed, len(self.runs), confidence)
        return 1 - (1 - low) ** self.attempts, 1 - (1 - high) ** self.attempts


@dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    Attributes:
        run: settings of the run with the new threshold, attempts and caps; without a certificate.
        pilot, proof: runs of the reference.
        failures: of the proof.
        looks: the moments at which the proof was counted or would have been.
        look: number of the look that the bound belongs to, from 1.
        once, bound: upper bounds on the probability that one run, and that all attempts of a correct submission fall short.
        normal: the same for one run, by a normal distribution fitted to all runs; for information.
        pareto: and by fits to their tail, the smallest and the largest.
        wrong: wrong implementations, by how often they pass.
        marks: numbers of steps at which curves have their points.
        reason: why the target was not met; empty if it was.
        date: when it was made, YYYY-MM-DD.
    """

    plan: Plan
    run: TrainingRun
    code: str
    pilot: tuple[Run, ...]
    proof: tuple[Run, ...]
    failures: int
    looks: tuple[Look, ...]
    look: int
    once: float
    bound: float
    normal: float
    pareto: tuple[float, float] | None
    wrong: tuple[Sample, ...]
    marks: tuple[int, ...]
    reason: str
    torch: str
    date: str

    @property
    def met(self) -> bool:
        """Whether the target was met."""
        return not self.reason

    @property
    def reference(self) -> tuple[Run, ...]:
        """All runs of the reference."""
        return (*self.pilot, *self.proof)

    @property
    def missed(self) -> tuple[Sample, ...]:
        """Wrong implementations that pass more often than not."""
        return tuple(sample for sample in self.wrong if sample.in_all() > 0.5)


@dataclass(frozen=True)
class Progress:
    """How far a calibration is: runs made of those that are planned, and what is being done."""

    done: int
    planned: int
    doing: str
