"""Grades one submission: from its file to its result."""

from __future__ import annotations

import datetime
import hashlib
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.errors import SandboxError, SubmissionError
from autograder.grading import seeds
from autograder.grading.asked import functions_asked
from autograder.grading.attempt import Attempt, Plan, attempt, second_attempt
from autograder.grading.diagnose import Diagnosis
from autograder.grading.excerpts import Excerpts
from autograder.grading.follow import Reference, follow_through
from autograder.grading.judge import Judged, judge_question, not_judged
from autograder.grading.patience import reading
from autograder.grading.scoring import all_or_nothing, score_question, total, without_mere_claims
from autograder.grading.testfile import Tests
from autograder.results import CellResult, Layer, Outcome, QuestionResult, Status, SubmissionResult, in_reach
from autograder.sandbox.lanes import Lane
from autograder.sandbox.overruns import Overruns
from autograder.sandbox.session import Session
from autograder.submissions import Found, Notebook, digest_of, read_submission, surroundings
from autograder.submissions.standing import is_foreign, is_untouched

UNCONFINED = (
    "UNCONFINED: this was graded on a machine where the code of a submission could reach the grader, so the marks prove nothing."
)
FOREIGN = "This is a notebook, but not one of this assignment: nothing in it answers its questions."
UNTOUCHED = "This is the template as it was handed out: nothing was filled in."


class ForeignNotebook(SubmissionError):
    """A notebook that has nothing to do with the assignment."""


@dataclass(frozen=True)
class Grader:
    """What grading any submission of one assignment needs.

    Attributes:
        reference: what is needed to judge a question again with an earlier class replaced.
        key: identifies tests, configuration and versions; part of what makes a kept result current.
        diagnosis: looks for what explains wrong values; None for none.
        partial: whether `tests` are not all; a notebook is then run only as far as they need it.
    """

    assignment: Assignment
    config: Config
    tests: tuple[Tests, ...]
    versions: dict[str, str]
    key: str
    reference: Reference = field(default_factory=Reference)
    diagnosis: Diagnosis | None = None
    partial: bool = False

    @classmethod
    def load(cls, assignment: Assignment, config: Config, bundle_digest: str, versions: dict[str, str]) -> Grader:
        """Compile the tests. Call it only after the zygote was forked: this is what must not be in its memory."""
        key = hashlib.sha256(repr((bundle_digest, config.digest, sorted(versions.items()))).encode()).hexdigest()
        tests = tuple(Tests.compile(question) for question in assignment.questions)
        return cls(assignment, config, tests, versions, key, Reference.of(assignment), Diagnosis(assignment, config))

    def narrowed(self, questions: Collection[str], *, without: Collection[tuple[str, str]] = ()) -> Grader:
        """A grader that judges these questions only, and leaves out the cases `without`, given as (question, case)."""
        kept = []
        for tests in self.tests:
            name = tests.question.name
            cases = tuple(case for case in tests.question.cases if (name, case.name) not in without)
            if name in questions and cases:
                question = msgspec.structs.replace(tests.question, cases=cases, points=sum(case.points for case in cases))
                kept.append(replace(tests, question=question))
        return replace(self, tests=tuple(kept), partial=True)

    @property
    def max_score(self) -> float:
        """Points of all that is judged."""
        return sum(tests.question.points for tests in self.tests)


@dataclass
class _Watch:
    """Wall seconds of the stages of one submission."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.monotonic() - started


def grade_submission(
    grader: Grader,
    found: Found,
    lane: Lane,
    seed: int,
    *,
    judged: Callable[[tuple[QuestionResult, ...]], None] = lambda questions: None,
) -> SubmissionResult:
    """Grade one submission. Never raises for what a submission is or does; every submission ends in a result.

    `judged` is told of the questions that are judged for the first time, as there are more of them.
    """
    watch, started, cpu = _Watch(), time.monotonic(), time.process_time()
    notebook: Notebook | None = None
    session: Session | None = None
    cells: tuple[CellResult, ...] = ()
    detail: str | None = None
    notes: tuple[str, ...] = ()
    try:
        with watch.stage("read"), reading():
            notebook = read_submission(found, grader.assignment.outline)
        with watch.stage("align"), reading():
            plan = Plan.of(grader.assignment, grader.config, notebook.cells, notebook.modules)
            found_around = surroundings(notebook.cells, notebook.modules)
            if is_foreign(grader.assignment, notebook.cells, plan.alignment):
                raise ForeignNotebook(FOREIGN)
        given = grader.assignment.files
        files = {module.path: module.source for module in notebook.modules if module.path not in given}
        overruns = Overruns(grader.config.execution.case_seconds, functions_asked(grader.assignment, grader.config))
        with Session(lane, grader.config.execution.output_kib << 10, files, given, overruns) as session:
            asked = {tests.question.name for tests in grader.tests} if grader.partial else None
            own = seeds.of_submission(notebook.digest)
            with watch.stage("execute"):
                made = attempt(session, grader.config, grader.assignment, plan, own, asked=asked)
            with watch.stage("judge"):
                questions = _judge(grader, made, seed, lane, judged)
            if any(question.outcome is Outcome.FAILED for question in questions):
                with watch.stage("execute as saved"):
                    again = second_attempt(session, grader.config, grader.assignment, made, own, asked=asked)
                    others = _judge(grader, again, seed, lane) if again is not None else ()
                if again is not None and total(others, grader.config) > total(questions, grader.config):
                    made, questions = again, others
            cells, notes = made.cells, (*notebook.notes, *made.notes, *made.plan.notes, *found_around)
            if not lane.data.is_dir():  # cleared up by somebody else: what was judged without it proves nothing
                raise SandboxError(f"the folder of this run, {lane.root}, was removed while it was in use")
            if any(question.outcome is Outcome.FAILED for question in questions):
                with watch.stage("follow through"):
                    questions = follow_through(
                        grader.reference,
                        grader.tests,
                        grader.config,
                        session,
                        made.plan,
                        questions,
                        seed=seed,
                        notebook_seed=own,
                        deadline=made.execution.deadline,
                    )
            questions = all_or_nothing(questions, grader.assignment.questions, grader.config)
        quoted = Excerpts(made.plan.handed_in, {cell.number: cell.shown for cell in made.plan.cells})
        cells, questions = quoted.in_cells(cells), quoted.in_questions(questions)
        status = Status.ERRORED if any(q.outcome is Outcome.ERRORED for q in questions) else Status.GRADED
        if status is Status.GRADED and is_untouched(grader.assignment, notebook.cells):
            status, notes = Status.UNTOUCHED, (UNTOUCHED, *notes)
    except ForeignNotebook as error:
        status, notes = Status.FOREIGN, (str(error), *(notebook.notes if notebook else ()))
        questions = without_verdict(grader, "this is not a notebook of the assignment", Outcome.FAILED)
    except SubmissionError as error:
        status, notes = Status.UNREADABLE, (str(error),)
        questions = without_verdict(grader, "the submission could not be read", Outcome.FAILED)
    except Exception as error:  # the last resort: staff must look, and the batch goes on
        status, detail = Status.ERRORED, traceback.format_exc()
        questions = without_verdict(grader, "the grader failed on this submission", Outcome.ERRORED)
        notes = (f"The grader failed: {type(error).__name__}: {error}",)
    if session is not None and in_reach(session.layers):
        notes = (UNCONFINED, *notes)
    result = SubmissionResult(
        name=found.name,
        source=found.path,
        status=status,
        score=total(questions, grader.config),
        max_score=grader.max_score,
        questions=questions,
        notes=notes,
        cells=cells,
        seed=seed,
        digest=notebook.digest if notebook else digest_if_told(found),
        bundle=grader.key,
        versions=grader.versions,
        tolerances={dtype: (allowed.rtol, allowed.atol) for dtype, allowed in grader.config.tolerances.items()},
        confinement=session.layers if session else (),
        seconds=time.monotonic() - started,
        core_seconds=time.process_time() - cpu + (session.core_seconds if session else 0.0),
        stages=watch.stages,
        detail=detail,
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    return of_submission(result, found)


def of_submission(result: SubmissionResult, found: Found) -> SubmissionResult:
    """A result with what is known of the submission before it is read: its name and place, whose it is, and when it came."""
    return msgspec.structs.replace(
        result,
        name=found.name,
        source=found.path,
        members=found.members,
        students=found.students,
        submitted_at=found.submitted_at,
        late=found.late,
    )


def digest_if_told(found: Found) -> str:
    """Of what could not be read, so that it need not be tried again as long as it is the same; empty if that cannot be told."""
    try:
        return digest_of(found) or ""
    except Exception:  # whatever kept it from being read may be met here again
        return ""


def _judge(
    grader: Grader,
    made: Attempt,
    seed: int,
    lane: Lane,
    tell: Callable[[tuple[QuestionResult, ...]], None] = lambda questions: None,
) -> tuple[QuestionResult, ...]:
    results = []
    for tests in grader.tests:
        name = tests.question.name
        judged = judge_question(
            tests,
            partial(made.execution.checkpoint, name),
            grader.config,
            seed=seed,
            data_dir=lane.data,
            deadline=made.execution.deadline,
            diagnosis=grader.diagnosis,
            names=made.plan.renamed.of(name),
        )
        made.execution.release(name)
        broken, cells = made.plan.violations.get(name, ()), made.plan.cells_of(name)
        results.append(score_question(tests.question, judged, broken, grader.config, cells, made.cells))
        tell(tuple(results))
    return without_mere_claims(results, [tests.question for tests in grader.tests], grader.config)


def without_verdict(grader: Grader, reason: str, outcome: Outcome) -> tuple[QuestionResult, ...]:
    """Results in which nothing was judged, for this reason."""
    return tuple(
        score_question(
            tests.question,
            Judged(tuple(not_judged(case, reason, outcome) for case in tests.question.cases), ()),
            (),
            grader.config,
            (),
            (),
        )
        for tests in grader.tests
    )


def errored_result(grader: Grader, found: Found, seed: int, reason: str, layers: tuple[Layer, ...] = ()) -> SubmissionResult:
    """The result of a submission whose judge process was lost: staff must look."""
    questions = without_verdict(grader, "the grader failed on this submission", Outcome.ERRORED)
    result = SubmissionResult(
        name=found.name,
        source=found.path,
        status=Status.ERRORED,
        score=0.0,
        max_score=grader.max_score,
        questions=questions,
        notes=(reason,),
        seed=seed,
        bundle=grader.key,
        versions=grader.versions,
        confinement=layers,
        detail=reason,
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    return of_submission(result, found)
