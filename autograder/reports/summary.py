"""What several reports say about results: the questions in order, the training run, means and quartiles."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

import msgspec

from autograder.results import Outcome, Status, SubmissionResult


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """The capped training run of one submission: test accuracy in %, optimizer steps, seconds."""

    accuracy: float
    steps: int | None
    seconds: float | None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How values are spread."""

    count: int
    mean: float
    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float


class QuestionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How a class did on one question.

    Attributes:
        count: submissions that this is about.
        facility: mean as a share of the most that can be earned, 0 to 1; None if nothing can be earned.
        full: how many earned all of it.
        nothing: how many earned none of it.
        errored: how many could not be judged; they are left out of all the other figures.
    """

    name: str
    max_score: float
    count: int
    mean: float | None
    facility: float | None
    full: int
    nothing: int
    errored: int


def question_names(results: Iterable[SubmissionResult]) -> tuple[str, ...]:
    """The names of all questions: in the order of the most complete result, then those that only others have."""
    orders = sorted((tuple(q.name for q in result.questions) for result in results), key=lambda names: (-len(names), names))
    return tuple(dict.fromkeys(name for names in orders for name in names))


def has_total(result: SubmissionResult) -> bool:
    """Whether the score says anything: the grader's failure to judge a single question is not a zero."""
    return result.status is not Status.ERRORED or bool(result.questions)


def training_run(result: SubmissionResult) -> Training | None:
    """The figures of the last test case that reported an accuracy."""
    reported = [test.metrics for q in result.questions for test in q.tests if "accuracy" in test.metrics]
    if not reported:
        return None
    metrics = reported[-1]
    steps = metrics.get("steps")
    return Training(
        accuracy=metrics["accuracy"],
        steps=None if steps is None else round(steps),
        seconds=metrics.get("seconds"),
    )


def spread(values: Sequence[float]) -> Spread | None:
    """How `values` are spread; None if there are none."""
    if not values:
        return None
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Spread(
        count=len(values),
        mean=statistics.fmean(values),
        lowest=min(values),
        lower_quartile=quartiles[0],
        median=quartiles[1],
        upper_quartile=quartiles[2],
        highest=max(values),
    )


def summarise_questions(results: Sequence[SubmissionResult]) -> tuple[QuestionSummary, ...]:
    """How the class did on each question, over the submissions that could be read."""
    return tuple(_summarise(name, results) for name in question_names(results))


def _summarise(name: str, results: Sequence[SubmissionResult]) -> QuestionSummary:
    answers = [q for result in results if result.status is not Status.UNREADABLE for q in result.questions if q.name == name]
    judged = [answer for answer in answers if answer.outcome is not Outcome.ERRORED]
    most = max((answer.max_score for answer in answers), default=0.0)
    mean = statistics.fmean(answer.score for answer in judged) if judged else None
    return QuestionSummary(
        name=name,
        max_score=most,
        count=len(judged),
        mean=mean,
        facility=mean / most if mean is not None and most else None,
        full=sum(answer.score >= answer.max_score for answer in judged),
        nothing=sum(answer.score <= 0 for answer in judged),
        errored=len(answers) - len(judged),
    )
