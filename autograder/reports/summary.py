"""What several reports say about results: questions and tests in order, the training run, means, quartiles and bars."""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from autograder.results import NO_WORK, Outcome, QuestionResult, Status, SubmissionResult, TestResult


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


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How a class did on one test case.

    Attributes:
        passed, failed, errored: how many submissions, of those that could be read.
        rate: passed as a share of passed and failed, 0 to 1; None if it was never judged.
    """

    question: str
    case: str
    title: str
    hidden: bool
    max_points: float
    passed: int
    failed: int
    errored: int
    rate: float | None


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a histogram: values from `start` up to `end`, which only the last bar includes."""

    start: float
    end: float
    count: int


def foremost(results: Sequence[SubmissionResult], most: int) -> tuple[SubmissionResult, ...]:
    """At most so many of the results, sorted by name: all of them, or those that a person wants to see first.

    These are the ones that the grader could not judge, then those that hold no work, then the lowest totals.
    """
    if len(results) > most:
        order = {Status.ERRORED: 0, Status.GRADED: 2}
        results = heapq.nsmallest(most, results, key=lambda one: (order.get(one.status, 1), one.score, one.name))
    return tuple(sorted(results, key=lambda result: result.name))


def question_names(results: Iterable[SubmissionResult]) -> tuple[str, ...]:
    """The names of all questions: in the order of the most complete result, then those that only others have."""
    different = {tuple([q.name for q in result.questions]) for result in results}
    orders = sorted(different, key=lambda names: (-len(names), names))
    return tuple(dict.fromkeys(name for names in orders for name in names))


def has_total(result: SubmissionResult) -> bool:
    """Whether the score says anything: where the grader could not judge a single question, it is not a zero."""
    return result.status is not Status.ERRORED or any(q.outcome is not Outcome.ERRORED for q in result.questions)


def training_run(result: SubmissionResult) -> Training | None:
    """The figures of the last test case that reported an accuracy. What is not a finite number was not reported."""
    reported = [test.metrics for q in result.questions for test in q.tests if test.metrics]
    finite = [{name: value for name, value in metrics.items() if math.isfinite(value)} for metrics in reported]
    metrics = next((metrics for metrics in reversed(finite) if "accuracy" in metrics), None)
    if metrics is None:
        return None
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


def histogram(values: Iterable[float], most: float, bins: int) -> tuple[Bin, ...]:
    """`values` in bars of equal width from 0 to `most`; what lies outside counts in the first or the last."""
    counts = [0] * bins
    for value in values:
        # The margin keeps 70.0, stored as 69.999..., out of the bar that ends at 70.
        position = math.floor(value / most * bins + 1e-9) if most else 0
        counts[min(max(position, 0), bins - 1)] += 1
    return tuple(Bin(start=most * i / bins, end=most * (i + 1) / bins, count=amount) for i, amount in enumerate(counts))


def summarise_cases(results: Sequence[SubmissionResult]) -> tuple[CaseSummary, ...]:
    """How the class did on each test case, in the order of the questions and of the tests in them."""
    found: dict[str, dict[str, list[tuple[TestResult, int]]]] = {name: {} for name in question_names(results)}
    for question, amount in _different(results):
        for test in question.tests:
            found[question.name].setdefault(test.case, []).append((test, amount))
    return tuple(_summarise_case(name, tests) for name, cases in found.items() for tests in cases.values())


def _different(results: Iterable[SubmissionResult]) -> Iterable[tuple[QuestionResult, int]]:
    """The questions of all that hold work, and in how many of these: condensed results have most of them in common."""
    found: dict[int, list[Any]] = {}
    for result in results:
        if result.status not in NO_WORK:
            for question in result.questions:
                found.setdefault(id(question), [question, 0])[1] += 1
    return [(question, amount) for question, amount in found.values()]


def _summarise_case(question: str, tests: Sequence[tuple[TestResult, int]]) -> CaseSummary:
    counts = dict.fromkeys(Outcome, 0)
    for test, amount in tests:
        counts[test.outcome] += amount
    judged = counts[Outcome.PASSED] + counts[Outcome.FAILED]
    first = tests[0][0]
    return CaseSummary(
        question=question,
        case=first.case,
        title=first.title,
        hidden=any(test.hidden for test, _ in tests),
        max_points=max(test.max_points for test, _ in tests),
        passed=counts[Outcome.PASSED],
        failed=counts[Outcome.FAILED],
        errored=counts[Outcome.ERRORED],
        rate=counts[Outcome.PASSED] / judged if judged else None,
    )


def summarise_questions(results: Sequence[SubmissionResult]) -> tuple[QuestionSummary, ...]:
    """How the class did on each question, over the submissions that hold work on it."""
    found: dict[str, list[tuple[QuestionResult, int]]] = {name: [] for name in question_names(results)}
    for question, amount in _different(results):
        found[question.name].append((question, amount))
    return tuple(_summarise(name, answers) for name, answers in found.items())


def _summarise(name: str, answers: Sequence[tuple[QuestionResult, int]]) -> QuestionSummary:
    judged = [(answer, amount) for answer, amount in answers if answer.outcome is not Outcome.ERRORED]
    most = max((answer.max_score for answer, _ in answers), default=0.0)
    count = sum(amount for _, amount in judged)
    mean = math.fsum(answer.score * amount for answer, amount in judged) / count if judged else None
    return QuestionSummary(
        name=name,
        max_score=most,
        count=count,
        mean=mean,
        facility=mean / most if mean is not None and most else None,
        full=sum(amount for answer, amount in judged if answer.score >= answer.max_score),
        nothing=sum(amount for answer, amount in judged if answer.score <= 0),
        errored=sum(amount for _, amount in answers) - count,
    )
