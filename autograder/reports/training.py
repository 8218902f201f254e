"""Sums up the capped training runs of a class: results in, accuracy, steps and seconds beside threshold and caps out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from autograder.config import Config
from autograder.reports.summary import Bin, Spread, Training, histogram, spread, training_run
from autograder.results import NO_WORK, SubmissionResult

BINS: Final = 20
"""Bars of the histogram of accuracies."""


class TrainingOverview(msgspec.Struct, frozen=True, kw_only=True):
    """The class's training runs beside the threshold (%) and the two caps.

    Attributes:
        below: runs that did not reach the threshold.
        out_of_time: runs that the cap on seconds ended.
        without: submissions, of those that could be read, that have no figures.
    """

    accuracy: Spread
    steps: Spread | None
    seconds: Spread | None
    bars: tuple[Bin, ...]
    below: int
    out_of_time: int
    without: int
    threshold: float | None
    steps_cap: int | None
    seconds_cap: float | None


def summarise_training(results: Sequence[SubmissionResult], config: Config) -> TrainingOverview | None:
    """The runs of all that hold work; None if there are none."""
    readable = [result for result in results if result.status not in NO_WORK]
    runs: list[Training] = [run for run in map(training_run, readable) if run is not None]
    accuracy = spread([run.accuracy for run in runs])
    if accuracy is None:
        return None
    asked = config.training.run if config.training else None
    return TrainingOverview(
        accuracy=accuracy,
        steps=spread([float(run.steps) for run in runs if run.steps is not None]),
        seconds=spread([run.seconds for run in runs if run.seconds is not None]),
        bars=histogram([run.accuracy for run in runs], 100.0, BINS),
        below=sum(run.accuracy < asked.threshold for run in runs) if asked else 0,
        out_of_time=sum(run.seconds is not None and run.seconds >= asked.seconds for run in runs) if asked else 0,
        without=len(readable) - len(runs),
        threshold=asked.threshold if asked else None,
        steps_cap=asked.steps if asked else None,
        seconds_cap=asked.seconds if asked else None,
    )
