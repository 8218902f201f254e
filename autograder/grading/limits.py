"""Shortens what a configuration lets submissions take, for campaigns that grade hundreds of broken ones."""

from __future__ import annotations

from autograder.config import Config


def short_limits(config: Config) -> Config:
    """The configuration with limits under which an endless loop costs seconds instead of half a minute."""
    execution = config.execution.model_copy(update={"cell_seconds": 2.0, "case_seconds": 2.0, "question_seconds": 6.0})
    training = config.training
    if training is not None:
        cell = training.cell.model_copy(update={"seconds": 4.0})
        training = training.model_copy(update={"cell": cell, "run": training.run.model_copy(update={"seconds": 15.0})})
    return config.model_copy(update={"execution": execution, "training": training})
