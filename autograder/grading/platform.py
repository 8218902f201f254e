"""Grades the one submission that a platform has put into a folder, whatever is in it, and tells how far it is on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from autograder.config import Config
from autograder.grading import seeds
from autograder.grading.grade import Grader, digest_if_told, grade_submission, of_submission, without_verdict
from autograder.grading.resubmission import Metadata
from autograder.grading.scoring import all_or_nothing, total, without_mere_claims
from autograder.results import Outcome, QuestionResult, Status, SubmissionResult
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found
from autograder.submissions.found import as_text

Tell = Callable[[SubmissionResult], None]


def grade_folder(
    grader: Grader,
    folder: Path,
    lane: Lane,
    metadata: Metadata,
    *,
    limits: Config | None = None,
    tell: Tell = lambda result: None,
) -> SubmissionResult:
    """The result for what lies in `folder`: all of it is one submission. Without a notebook it is unreadable.

    Its seed follows from the bundle, which students do not have, and from what was handed in: the same submission gets the
    same marks again, and any other has inputs of its own.

    `limits`: the configuration to judge by, if its times are to be shorter. `tell` is called after each question with what there
    is until then, where what was not judged yet earns nothing.
    """
    found = Found("submission", as_text(folder), students=metadata.students, submitted_at=metadata.created_at)
    shorter = replace(grader, config=limits) if limits is not None else grader
    seed = seeds.derive(0, "platform", grader.key, digest_if_told(found))

    def judged(questions: tuple[QuestionResult, ...]) -> None:
        tell(of_submission(_so_far(grader, questions), found))

    return grade_submission(shorter, found, lane, seed, judged=judged)


def _so_far(grader: Grader, judged: tuple[QuestionResult, ...]) -> SubmissionResult:
    """A result in which the questions that were not judged yet say so."""
    waiting = without_verdict(grader, "grading did not come to this question", Outcome.FAILED)
    asked = [tests.question for tests in grader.tests]
    questions = without_mere_claims([*judged, *waiting[len(judged) :]], asked, grader.config)
    questions = all_or_nothing(questions, asked, grader.config)
    score = total(questions, grader.config)
    result = SubmissionResult(
        name="", source="", status=Status.GRADED, score=score, max_score=grader.max_score, questions=questions
    )
    return msgspec.structs.replace(result, bundle=grader.key, versions=grader.versions)
