"""Divides the time that a platform gives among what grading does, so that no part of a submission can use up that of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autograder.config import Config
from autograder.grading.judge import RUN_MARGIN

RESERVE: Final = 0.1
"""Share of the platform's time that is kept for starting and for writing."""
MIN_RESERVE: Final = 15.0
"""Seconds that are kept for that at least."""
STEP: Final = 0.1
"""Share of a submission's time that one cell may take, and the tests of one question."""
TRAINING: Final = 0.25
"""Share that the timed training run may take, all attempts together."""


@dataclass(frozen=True)
class Budget:
    """The time of one submission.

    Attributes:
        config: the configuration with limits that fit.
        last: seconds from now after which what was graded so far has to do.
    """

    config: Config
    last: float


def budget(config: Config, seconds: float) -> Budget:
    """Limits for a submission that has so many seconds until the platform ends it. Nothing gets longer than it is configured.

    A step that was begun in time may end behind the submission's time by as much as it may take itself: so much is kept free.
    """
    last = seconds - max(MIN_RESERVE, RESERVE * seconds) / 2
    left = max(1.0, seconds - max(MIN_RESERVE, RESERVE * seconds))
    execution, training = config.execution, config.training
    longest = max(STEP, TRAINING if training is not None else 0.0)
    margin = RUN_MARGIN if training is not None else 0.0
    whole = min(execution.submission_seconds, max(1.0, left - margin) / (1 + longest))
    limits = {name: min(getattr(execution, name), STEP * whole) for name in ("cell_seconds", "case_seconds", "question_seconds")}
    execution = execution.model_copy(update={"submission_seconds": whole, **limits})
    if training is not None:
        cell = training.cell.model_copy(update={"seconds": min(training.cell.seconds, STEP * whole)})
        run = training.run.model_copy(update={"seconds": min(training.run.seconds, TRAINING * whole)})
        training = training.model_copy(update={"cell": cell, "run": run})
    return Budget(config.model_copy(update={"execution": execution, "training": training}), last)
