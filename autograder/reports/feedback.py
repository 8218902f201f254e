"""Makes a student's feedback: a result in, one self-contained page out that holds nothing meant for staff."""

from __future__ import annotations

import functools
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import msgspec

from autograder.config import Config
from autograder.reports.final import FinalMark, finalise
from autograder.reports.late import rule
from autograder.reports.pages import macro, render
from autograder.reports.student import (
    SUBMISSION_STATUS,
    VisibleCase,
    VisibleCell,
    VisibleExcerpt,
    more_cells,
    violation_excerpts,
    violation_texts,
    visible_cases,
    visible_cells,
    visible_notes,
)
from autograder.reports.summary import Training, training_run
from autograder.reports.text import one_line, readable
from autograder.results import QuestionResult, SubmissionResult

if TYPE_CHECKING:
    from markupsafe import Markup

FEEDBACK: Final = "feedback.html"
PAGE: Final = "feedback.html.j2"
LOSSES: Final = "training losses"
"""The series of a test case that is drawn, as `autograder.checks.replay` names it."""


_PARTS: Final = "feedback_question.html.j2"


class FeedbackQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question, as the page shows it."""

    name: str
    score: float
    max_score: float
    cells: tuple[int, ...]
    cases: tuple[VisibleCase, ...]
    violations: tuple[tuple[str, VisibleExcerpt | None], ...]
    notes: tuple[str, ...]
    manual: float | None = None


class FeedbackMark(msgspec.Struct, frozen=True, kw_only=True):
    """How the final mark follows from that of the tests.

    Attributes:
        raw: by the tests; None if they could not judge anything.
        manual: with what was set by hand; None if nothing was.
        days_late: None if there is nothing to say of lateness.
        days_by_hand: whether that was set by hand.
        deduction: for lateness; None if nothing is late.
        rule: what a late day costs, in words.
        comment: by hand.
    """

    raw: float | None
    manual: float | None
    adjustment: float
    days_late: int | None
    days_by_hand: bool
    deduction: float | None
    rule: str
    comment: str


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Losses in their order as a line: coordinates from the left (0 to 100) and from the top (0 to 100), as SVG has them."""

    points: str
    count: int
    first: float
    last: float
    highest: float


class FeedbackTraining(msgspec.Struct, frozen=True, kw_only=True):
    """The training run beside its threshold (%) and its caps, and the curve of the student's own training cell, if any."""

    run: Training
    curve: Curve | None
    threshold: float | None
    steps_cap: int | None
    seconds_cap: float | None


class FeedbackPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows. The template sees this and nothing else, so it cannot show what is for staff.

    Attributes:
        total: the final mark; None if there is none yet.
        mark: how it came about; None if it is that of the tests and nobody said anything.
    """

    assignment: str
    submission: str
    total: float | None
    max_total: float
    banner: str
    notes: tuple[str, ...]
    questions: tuple[FeedbackQuestion, ...]
    cells: tuple[VisibleCell, ...]
    more_cells: int
    training: FeedbackTraining | None
    digest: str
    graded_at: str
    mark: FeedbackMark | None = None


def render_feedback(result: SubmissionResult, config: Config, final: FinalMark | None = None) -> bytes:
    """The page, in UTF-8. `final` is its mark if something is set by hand."""
    page = _page(result, config, final or finalise(result, config))
    decimals = config.scoring.decimals
    questions = [_question_markup(one, number, decimals) for number, one in enumerate(page.questions, start=1)]
    return render(PAGE, page=page, questions=questions, decimals=decimals)


# Most questions and cases of a class are told in the same words: one that is passed has no other.
@functools.lru_cache(maxsize=500)
def _question_markup(question: FeedbackQuestion, number: int, decimals: int) -> tuple[Markup, Markup]:
    """The link to a question's section, and the section."""
    from markupsafe import Markup

    link, section = (macro(_PARTS, name) for name in ("link", "question"))
    cases = Markup().join(_case_markup(case, decimals) for case in question.cases)
    return link(question, number, decimals), section(question, number, cases, decimals)


@functools.lru_cache(maxsize=1_000)
def _case_markup(case: VisibleCase, decimals: int) -> Markup:
    return macro(_PARTS, "case")(case, decimals)


def _page(result: SubmissionResult, config: Config, final: FinalMark) -> FeedbackPage:
    return FeedbackPage(
        assignment=config.assignment.title,
        submission=one_line(result.name),
        total=final.mark,
        max_total=result.max_score,
        banner=SUBMISSION_STATUS[result.status],
        notes=visible_notes(result.notes),
        questions=tuple(_question(question, config, final) for question in result.questions),
        cells=visible_cells(result),
        more_cells=more_cells(result),
        training=_training(result, config),
        digest=result.digest,
        graded_at=result.graded_at,
        mark=_mark(final, config),
    )


def _mark(final: FinalMark, config: Config) -> FeedbackMark | None:
    late = bool(final.days_late)
    if not (late or final.days_by_hand or final.manual is not None or final.comment):
        return None
    return FeedbackMark(
        raw=final.raw,
        manual=final.manual,
        adjustment=final.adjustment,
        days_late=final.days_late if late or final.days_by_hand else None,
        days_by_hand=final.days_by_hand,
        deduction=final.deduction if late else None,
        rule=rule(config.late),
        comment=readable(final.comment),
    )


def _question(question: QuestionResult, config: Config, final: FinalMark) -> FeedbackQuestion:
    manual = final.questions.get(question.name)
    return FeedbackQuestion(
        name=one_line(question.name),
        score=question.score,
        max_score=question.max_score,
        cells=question.cells,
        cases=visible_cases(question, config, final.cases(question.name)),
        violations=tuple(zip_longest(violation_texts(question, config), violation_excerpts(question))),
        notes=visible_notes(question.notes),
        manual=manual.points if manual is not None else None,
    )


def _training(result: SubmissionResult, config: Config) -> FeedbackTraining | None:
    run, asked = training_run(result), config.training.run if config.training else None
    if run is None:
        return None
    return FeedbackTraining(
        run=run,
        curve=_curve(result),
        threshold=asked.threshold if asked else None,
        steps_cap=asked.steps if asked else None,
        seconds_cap=asked.seconds if asked else None,
    )


def _curve(result: SubmissionResult) -> Curve | None:
    """Of the first test that reported the losses of the student's own training; None if there are not two of them."""
    reported = (test.series.get(LOSSES) for question in result.questions for test in question.tests)
    losses = next((values for values in reported if values), ())
    if len(losses) < 2:
        return None
    highest = max(*losses, 1e-9)
    points = " ".join(
        f"{100 * at / (len(losses) - 1):.2f},{100 - 100 * max(loss, 0.0) / highest:.2f}" for at, loss in enumerate(losses)
    )
    return Curve(points=points, count=len(losses), first=losses[0], last=losses[-1], highest=highest)
