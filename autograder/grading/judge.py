"""Runs the test cases of one question against the student's objects and gives a verdict on each."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import torch

from autograder.assignment import TestCase
from autograder.checks import context as checks
from autograder.config import Config
from autograder.errors import AutograderError, CheckFailure, SandboxError, StudentException, WorkerError, WorkerTimeout
from autograder.grading import seeds
from autograder.grading.diagnose import Diagnosis, Remote
from autograder.grading.evidence import own_random_state
from autograder.grading.patience import patience
from autograder.grading.testfile import Tests
from autograder.results import Outcome, TestResult
from autograder.sandbox import connection
from autograder.sandbox.remote import Namespace
from autograder.sandbox.session import Worker
from autograder.submissions.renamed import Names

RUN_MARGIN = 5.0
"""Seconds that the training run's test may take besides its cap."""

_ENGINE = tuple(str(Path(__file__).resolve().parent.parent / part) for part in ("sandbox", "grading"))


Settings = tuple[Mapping[torch.dtype, checks.Tolerance], checks.RunSettings]


class GraderContext(checks.Context):
    """What a test case meets when the grader runs it: student-side code travels, the training record is a handle."""

    def __init__(self, namespace: Namespace, settings: Settings, seed: int, data_dir: Path):
        tolerances, run = settings
        super().__init__(seed=seed, tolerances=dict(tolerances), run=run, data_dir=data_dir)
        self._namespace = namespace

    def ship(self, code: checks.StudentSide) -> Any:
        """A function that calls `code` in the student's process."""
        return lambda *args, **kwargs: self._namespace.ask("call", v=code, a=list(args), w=kwargs)

    def ahead(self, code: checks.StudentSide, several: list[list[Any]]) -> list[Callable[[], Any]]:
        """As many as the student's process gets through in a moment."""
        return self._namespace.ask_ahead(code, several)

    def left_in(self, given: torch.Tensor) -> torch.Tensor:
        """The student's side of it: here, the test's own tensor stays as it was."""
        return self._namespace.left(given)

    def training_record(self) -> Any:
        """A handle to the record of the student's training cell."""
        return self._namespace.ask("record")


def settings_of(config: Config) -> Settings:
    """What the configuration says to checks: the same for all test cases."""
    run = config.training.run if config.training else None
    tolerances = {
        getattr(torch, name): checks.Tolerance(rtol=tolerance.rtol, atol=tolerance.atol)
        for name, tolerance in config.tolerances.items()
    }
    return tolerances, checks.RunSettings(**run.model_dump(exclude={"certificate"})) if run else checks.RunSettings()


@dataclass(frozen=True)
class Judged:
    """The verdicts on a question's cases, and the forbidden functions that were seen at work."""

    results: tuple[TestResult, ...]
    seen: tuple[str, ...]
    notes: tuple[str, ...] = ()


def judge_question(
    tests: Tests,
    checkpoint: Callable[[], Worker | None],
    config: Config,
    *,
    seed: int,
    data_dir: Path,
    deadline: float,
    diagnosis: Diagnosis | None = None,
    names: Names = MappingProxyType({}),
) -> Judged:
    """Run every case of a question. `checkpoint` gives the state to judge, again if the process was lost.

    `names`: what to look for in the student's namespace instead of a name that the tests ask for.
    """
    question = tests.question
    seen: dict[str, None] = {}
    notes: dict[str, None] = {}
    suspects: dict[str, None] = {}
    worker: Worker | None = None
    watch = any(question.name in rule.applies for rule in config.rules)
    run = config.training.run if config.training is not None and config.training.question == question.name else None
    budget = config.execution.question_seconds + (run.seconds if run is not None else 0.0)
    ends = min(deadline, time.monotonic() + budget)
    texts, settings = {tests.filename: question.source}, settings_of(config)

    def judge(case: TestCase) -> TestResult:
        nonlocal worker
        if time.monotonic() > ends:
            return not_judged(case, "the time for this question was used up before this test could run")
        worker = checkpoint()
        if worker is None:
            return not_judged(case, "nothing in the notebook answers this question")
        seconds = config.execution.case_seconds
        if run is not None:
            seconds = max(seconds, run.seconds + RUN_MARGIN)
        until = max(ends, time.monotonic() + seconds)  # a case that was begun in time has its own time whatever is left
        namespace = worker.namespace(seconds=seconds, watch=watch, texts=texts, names=names, until=until)
        context = GraderContext(namespace, settings, seeds.derive(seed, question.name, case.name), data_dir)
        result = _run_case(case, tests.functions[case.name], namespace, context, budget + seconds)
        seen.update(namespace.seen)
        if result.outcome is not Outcome.FAILED:
            suspects.pop(case.name, None)
        elif context.differed:
            suspects[case.name] = None
        notes.update(dict.fromkeys(context.notes))
        return result

    results = [judge(case) for case in question.cases]
    failed = [at for at, result in enumerate(results) if result.outcome is Outcome.FAILED]
    if failed and _put_to_single_precision(worker):
        for at in failed:
            again = judge(question.cases[at])
            if again.outcome is not Outcome.FAILED:
                results[at] = again
    if diagnosis is not None and suspects and worker is not None and worker.alive:
        state = worker.namespace(seconds=config.execution.case_seconds, texts=texts, names=names, until=ends)

        def context_of(case: TestCase) -> GraderContext:
            return GraderContext(state, settings, seeds.derive(seed, question.name, case.name), data_dir)

        results = list(diagnosis.explain(question.name, results, list(suspects), Remote(state, context_of), ends))
    return Judged(tuple(results), tuple(seen), tuple(notes))


def _put_to_single_precision(worker: Worker | None) -> bool:
    """Whether new tensors were of another precision by default than those that tests make; from now on they are not.

    Student code may have set it for the notebook's own computations. A layer that makes `torch.ones(n)` while it is called
    means the precision of its input by that.
    """
    try:
        return worker is not None and worker.alive and worker.single_precision()
    except WorkerError:
        return False


def _run_case(
    case: TestCase, function: Callable[..., None], namespace: Namespace, context: GraderContext, seconds: float
) -> TestResult:
    """`seconds`: of the processor's time that the test may take here, whatever student code gives it to work on."""
    started = time.monotonic()
    error: BaseException | None = None
    try:
        values = namespace.lookup(case.parameters)
        missing = [name for name in case.parameters if name not in values]
        if missing:
            said = " and ".join(f"`{name}`" for name in missing)
            raise CheckFailure(f"{said} {'is' if len(missing) == 1 else 'are'} not defined")
        late = WorkerTimeout("the test could not be finished with what your code gave it")
        with checks.installed(context), own_random_state(seeds.derive(context.seed, "torch")), patience(seconds, late):
            function(*[values[name] for name in case.parameters])
    except Exception as caught:
        error = caught
        context.differed |= isinstance(caught, AssertionError) and not isinstance(caught, CheckFailure)  # a plain assertion
    outcome = Outcome.PASSED if error is None else Outcome.ERRORED if _is_ours(error) else Outcome.FAILED
    return _verdict(case, outcome, error, time.monotonic() - started, context)


def _is_ours(error: BaseException) -> bool:
    """Whether the grader, not the student, is at fault: the helpers failed, or our own code raised by mistake."""
    if isinstance(error, (SandboxError, MemoryError)):
        return True
    if isinstance(error, (NameError, ImportError, OSError)):
        return True  # what the test file or the grader lacks: those of student code arrive as StudentException
    if isinstance(error, (AutograderError, AssertionError)):
        return False
    raised_in = _innermost(error.__traceback__)
    if isinstance(error, AttributeError) and raised_in == connection.__file__:
        return False  # what a student's object lacks is told as the error that it would be without a sandbox
    return raised_in.startswith(_ENGINE)


def _innermost(trace: TracebackType | None) -> str:
    name = ""
    while trace is not None:
        name, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return name


def _verdict(
    case: TestCase, outcome: Outcome, error: BaseException | None, seconds: float, context: checks.Context
) -> TestResult:
    expected = actual = hint = None
    if outcome is Outcome.PASSED:
        message = case.success_message or "Passed."
    elif outcome is Outcome.ERRORED:
        message = "The grader failed on this test through no fault of yours; the course staff has been told."
    else:
        message = case.failure_message or "Failed."
        if not case.hidden:
            text = _for_student(error)
            message = f"{message} {text[:1].upper()}{text[1:]}".strip() if text else message
            if isinstance(error, CheckFailure):
                expected, actual, hint = error.expected, error.actual, error.help
    detail = None
    if error is not None:
        detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))[-8000:]
    return TestResult(
        case=case.name,
        title=case.title,
        outcome=outcome,
        points=case.points if outcome is Outcome.PASSED else 0.0,
        max_points=case.points,
        hidden=case.hidden,
        message=message,
        expected=expected,
        actual=actual,
        help=hint,
        detail=detail,
        seconds=seconds,
        metrics=dict(context.metrics),
        series={name: tuple(values) for name, values in context.series.items()},
        raised_at=_raised_at(error),
        counts_with=dict(context.counts_with) if outcome is Outcome.PASSED else {},
    )


def _raised_at(error: BaseException | None) -> tuple[int, int] | None:
    if isinstance(error, StudentException) and error.cell is not None and error.line is not None:
        return error.cell, error.line
    return None


def _for_student(error: BaseException | None) -> str:
    """What a student may read of an error in a public test: never a trace of ours."""
    if isinstance(error, (AutograderError, AssertionError)):
        return str(error).strip()
    if isinstance(error, AttributeError):
        return f"something is missing: {error}"
    return f"the test could not work with your result ({type(error).__name__}: {error})"


def not_judged(case: TestCase, reason: str, outcome: Outcome = Outcome.FAILED, detail: str | None = None) -> TestResult:
    """The result of a case that could not be run, with the reason for the student."""
    return TestResult(
        case=case.name,
        title=case.title,
        outcome=outcome,
        points=0.0,
        max_points=case.points,
        hidden=case.hidden,
        message=f"Not judged: {reason}.",
        detail=detail,
    )
