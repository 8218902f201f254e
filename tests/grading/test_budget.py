"""Whatever time a platform gives, a submission ends within it, and no part of it can use up that of the rest."""

from __future__ import annotations

import pytest

from autograder.config_file import read_config
from autograder.grading.budget import budget
from autograder.grading.judge import RUN_MARGIN
from tests.samples import ROOT

CONFIG = read_config(ROOT / "grading_config.yaml")


@pytest.mark.parametrize("seconds", [40, 60, 120, 600, 2400])
def test_the_last_step_ends_before_the_platform_does(seconds: float) -> None:
    """Even a step that is begun in the last moment ends in time for the results to be written, before the last resort strikes."""
    made = budget(CONFIG, seconds)
    execution, training = made.config.execution, made.config.training
    assert training is not None
    longest = max(execution.cell_seconds, execution.case_seconds, training.cell.seconds, training.run.seconds + RUN_MARGIN)
    assert execution.submission_seconds + longest < made.last < seconds


@pytest.mark.parametrize("seconds", [40, 60, 120, 600, 2400])
def test_one_hung_question_leaves_more_than_half_to_the_rest(seconds: float) -> None:
    """Its cell, its tests, and both once more: hung all the way, they take less than half of the submission's time."""
    execution = budget(CONFIG, seconds).config.execution
    assert 2 * (execution.cell_seconds + execution.question_seconds) < 0.5 * execution.submission_seconds


def test_nothing_gets_longer_than_it_is_configured() -> None:
    """Where the platform's time suffices, the limits are those of the configuration."""
    assert budget(CONFIG, CONFIG.gradescope.seconds).config == CONFIG
