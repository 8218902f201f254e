"""Finds which known mistake gives the wrong values that a question's tests met: a hint for the student where there is no doubt.

After the verdicts, each test case that met a wrong value is run again on the student's objects, with all its comparisons
recorded; then, on the same inputs, against the solution with each known mistake in it. A mistake is named if it gives
the same value in every comparison of that kind, if every wrong value that it gives in this question is the student's too,
and if no other with another hint explains as much. Nothing here changes a verdict.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import torch

from autograder.assignment import Assignment, Misconception, TestCase
from autograder.checks import context as checks
from autograder.checks.patterns import Pair, recognise, reversed_shape
from autograder.config import Config
from autograder.errors import WorkerError, WorkerTimeout
from autograder.grading.evidence import Comparison, failing, listen, observed, own_random_state, same
from autograder.grading.known import Cells, first_change
from autograder.grading.left import Here, Left
from autograder.grading.patience import patience
from autograder.grading.testfile import Tests
from autograder.results import TestResult
from autograder.sandbox.remote import Namespace

SECONDS, CPU_SECONDS = 8.0, 2.0
"""What the diagnosis of one question may take: on the clock, and of the grader's processor. Half a second is usual at most."""

CASE_SECONDS = 10.0
"""Of the processor that one test may go on for at the end of that: with what is a student's claim, it might go on for ever."""

LEAST_SECONDS = 0.1
"""What a single call to the student's process may take even at the end of that."""

Records = Mapping[str, list[Comparison]]
"""Case -> its comparisons."""


@dataclass(frozen=True)
class Remote:
    """The student's objects, as judging has them, for running cases once more.

    Attributes:
        context: makes what a case runs in, with the same seed as before.
    """

    namespace: Namespace
    context: Callable[[TestCase], checks.Context]


@dataclass
class Diagnosis:
    """The catalogue of one assignment, made ready question by question when it is first needed.

    Attributes:
        seconds, cpu_seconds: what the diagnosis of one question may take.
    """

    assignment: Assignment
    config: Config
    seconds: float = SECONDS
    cpu_seconds: float = CPU_SECONDS
    _questions: dict[str, _Question] = field(default_factory=dict)

    def explain(
        self, question: str, results: Sequence[TestResult], suspects: Sequence[str], remote: Remote, until: float
    ) -> tuple[TestResult, ...]:
        """`results` with hints for those of `suspects`, cases that met a wrong value, which a mistake explains.

        Never raises: what goes wrong here becomes a note for staff, and no hint.
        """
        try:
            ends = min(until, time.monotonic() + self.seconds)
            cpu_ends = time.process_time() + self.cpu_seconds
            ready = self._questions.get(question)
            if ready is None:
                ready = self._questions[question] = _Question(self.assignment, self.config, question)
            with patience(self.cpu_seconds + CASE_SECONDS, WorkerTimeout("a test could not be finished")):
                found = _Search(ready, suspects, remote, (ends, cpu_ends)).hints()
        except Exception:  # the last resort: a grade must not suffer from an attempt to explain it
            trace = traceback.format_exc()[-4000:]
            text = f"The diagnosis failed:\n{trace}"
            return tuple(_noted(result, text) if result.case in suspects else result for result in results)
        return tuple(_hinted(result, *found[result.case]) if result.case in found else result for result in results)


def _noted(result: TestResult, text: str) -> TestResult:
    return msgspec.structs.replace(result, detail=f"{result.detail or ''}\n{text}".strip())


def _hinted(result: TestResult, hint: str, source: str) -> TestResult:
    return _noted(msgspec.structs.replace(result, hint=hint), f"Diagnosis: {source}")


class _Question:
    """One question's tests and known mistakes.

    Attributes:
        apart: names of its test cases that a mistake's definitions alone decide.
        training: whether it is the question that trains a network: its cases may take long, so only suspects are run.
    """

    def __init__(self, assignment: Assignment, config: Config, name: str):
        question = next(one for one in assignment.questions if one.name == name)
        self.cases = {case.name: case for case in question.cases}
        self.tests: Tests = observed(question)
        defined = {one for cell in assignment.outline for one in cell.definitions}
        self.apart = {case.name for case in question.cases if defined.issuperset(case.parameters)}
        self.training = config.training is not None and config.training.question == name
        self.snapshot = config.training.cell.snapshot if config.training is not None and self.training else None
        literals = config.training.cell.literals if config.training is not None and self.training else {}
        self.solution = Cells(assignment, name, {}, literals)
        self.known = [
            _Known(one, Cells(assignment, name, dict(one.changes), literals), self.solution)
            for one in (*assignment.misconceptions, *([] if self.training else _untouched(assignment, name)))
            if one.question == name
        ]


def _untouched(assignment: Assignment, question: str) -> list[Misconception]:
    """What students are given, as a mistake without a hint: who has not begun has made none."""
    given = assignment.given
    if len(given) != len(assignment.outline):
        return []
    changes = tuple((at, given[at]) for at, cell in enumerate(assignment.outline) if cell.question == question)
    return [Misconception(name="template", title="", question=question, hint="", changes=changes)]


class _Known:
    """A known mistake, ready to run."""

    def __init__(self, misconception: Misconception, cells: Cells, solution: Cells):
        self.misconception, self.cells = misconception, cells
        self.changed = first_change(solution.answer(), cells.answer())
        self._definitions: dict[str, Any] | None = None

    def definitions(self) -> dict[str, Any]:
        """Its classes and functions."""
        if self._definitions is None:
            self._definitions = self.cells.definitions()
        return self._definitions


class _Late(Exception):
    """The time for the diagnosis is over."""


class _Search:
    """The search for what explains one question's failures."""

    def __init__(
        self,
        question: _Question,
        suspects: Sequence[str],
        remote: Remote,
        ends: tuple[float, float],
    ):
        self._question, self._suspects, self._remote, self._ends = question, tuple(suspects), remote, ends
        self._left = Left(remote.namespace, question.snapshot)
        self._spaces: dict[str, dict[str, Any]] = {}
        self._tolerances: Mapping[torch.dtype, checks.Tolerance] = {}

    def hints(self) -> dict[str, tuple[str, str]]:
        """Case -> hint, and for staff what it is from."""
        try:
            own = {name: self._of_student(name) for name in self._suspects}
        except _Late:
            return {}
        own = {name: heard for name, heard in own.items() if failing(heard)}
        explained: dict[str, list[tuple[int, Misconception]]] = {}
        try:
            for known in self._question.known:
                cases, weight = self._explained_by(known, own)
                for case in cases:
                    explained.setdefault(case, []).append((weight, known.misconception))
        except _Late:
            return {}  # of several that fit, not all may have been seen
        hints = {case: best for case, found in explained.items() if (best := _best(found))}
        patterns = {case: pattern(heard, self._tolerances) for case, heard in own.items() if case not in explained}
        sure = {text for text, proven in patterns.values() if proven}
        return hints | {case: (text, "a pattern of values") for case, (text, _) in patterns.items() if text and text in sure}

    def _of_student(self, name: str) -> list[Comparison]:
        self._check_time()
        case = self._question.cases[name]
        context = self._remote.context(case)
        self._tolerances = context.tolerances
        try:
            values = self._remote.namespace.lookup(case.parameters)
        except WorkerError:
            return []
        return listen(self._question.tests, case, context, values) if len(values) == len(case.parameters) else []

    def _explained_by(self, known: _Known, own: Records) -> tuple[list[str], int]:
        """Suspects in which a known mistake gives the student's values, and how many wrong values it explains in all."""
        made: dict[str, list[Comparison]] = {}
        for name in own:
            self._check_time()
            heard = self._of_mistake(known, name, own[name])
            if self._claims(own[name], heard):
                made[name] = heard
        if not made:
            return [], 0
        weight = 0
        for name in own if self._question.training else self._question.cases:
            if name not in made:
                self._check_time()
                made[name] = self._of_mistake(known, name)
            heard, theirs = made[name], own.get(name)
            wrong = failing(heard)
            if theirs is None:
                if wrong:
                    return [], 0  # it would have failed where the student did not, or by a value where the student's code raised
                continue
            if any(index >= len(theirs) or not self._consistent(heard[index], theirs[index]) for index in wrong):
                return [], 0
            weight += len(wrong)
        cases = [
            name
            for name in own
            if self._claims(own[name], made[name], sure=True)
            and (name in self._question.apart or not self._without(known, name, own[name]))
        ]
        return (cases, weight) if any(self._claims(own[name], made[name]) for name in cases) else ([], 0)

    def _claims(self, own: Sequence[Comparison], made: Sequence[Comparison], *, sure: bool = False) -> bool:
        """Whether the values of that kind that failed first are all the same, with one among them that is no coincidence.

        `sure`: other cases have shown that already.
        """
        key = own[failing(own)[0]].key
        mine, theirs = [one for one in own if one.key == key], [one for one in made if one.key == key]
        return (
            len(mine) == len(theirs)
            and all(self._same(one, other) for one, other in zip(mine, theirs, strict=True))
            and (sure or any(one.telling for one in mine if not one.agreed))
        )

    def _of_mistake(self, known: _Known, name: str, own: Sequence[Comparison] = ()) -> list[Comparison]:
        """What a known mistake makes of a case; with `own`, only up to where it is clear that the student's values are others."""
        space = known.definitions() if name in self._question.apart else self._space(known)
        if not own:
            return self._listen(name, space)
        key = own[failing(own)[0]].key
        mine = [one for one in own if one.key == key]

        def other(heard: Sequence[Comparison]) -> bool:
            count = sum(one.key == key for one in heard)
            return heard[-1].key == key and (count > len(mine) or not self._same(mine[count - 1], heard[-1]))

        return self._listen(name, space, other)

    def _space(self, known: _Known) -> dict[str, Any]:
        """What its cells leave behind with this student's data in it, made once."""
        space = self._spaces.get(known.misconception.name)
        if space is None:
            with own_random_state(0):
                space = known.cells.left(self._left, known.changed)
            self._spaces[known.misconception.name] = space
        return space

    def _without(self, known: _Known, name: str, own: Sequence[Comparison]) -> bool:
        """Whether the solution, with as much of the student's data in it, gives the same: then it is not the mistake's doing."""
        with own_random_state(0):
            space = self._question.solution.left(self._left, known.changed)
        return self._claims(own, self._listen(name, space), sure=True)

    def _listen(
        self, name: str, space: Mapping[str, Any], enough: Callable[[Sequence[Comparison]], bool] | None = None
    ) -> list[Comparison]:
        case = self._question.cases[name]
        if any(parameter not in space for parameter in case.parameters):
            return []
        return listen(self._question.tests, case, Here(self._remote.context(case), self._left), space, enough)

    def _consistent(self, one: Comparison, other: Comparison) -> bool:
        nothing = one.actual is None and other.actual is None and one.key == other.key and not other.agreed
        return nothing or self._same(one, other)

    def _same(self, one: Comparison, other: Comparison) -> bool:
        return same(one, other, self._tolerances)

    def _check_time(self) -> None:
        """Give up if the time is over; else no call may take longer than what is left of it."""
        wall, cpu = self._ends
        rest = wall - time.monotonic()
        if rest <= 0 or time.process_time() > cpu:
            raise _Late
        self._remote.namespace.seconds = max(LEAST_SECONDS, rest)


def _best(found: Sequence[tuple[int, Misconception]]) -> tuple[str, str] | None:
    """The hint of those that explain most, if they agree on it."""
    most = max(weight for weight, _ in found)
    hints = {one.hint: one.name for weight, one in found if weight == most}
    if len(hints) != 1 or "" in hints:
        return None
    ((hint, name),) = hints.items()
    return hint, f"the same values as the misconception `{name}`"


def pattern(heard: Sequence[Comparison], tolerances: Mapping[torch.dtype, checks.Tolerance]) -> tuple[str | None, bool]:
    """What the values that failed first have in common with the right ones, and whether that is no matter of their size.

    In a single small example, a sum over the two columns of a matrix is twice their mean.
    """
    key = heard[failing(heard)[0]].key
    shapes = [(one.actual, one.expected) for one in heard if one.key == key and not one.agreed]
    if all(isinstance(actual, torch.Tensor) and type(right) is list for actual, right in shapes):
        return reversed_shape([(list(actual.shape), right) for actual, right in shapes]), True
    pairs = [Pair(one.actual, one.expected, one.batch) for one in heard if one.key == key]
    if any(not isinstance(value, torch.Tensor) for pair in pairs for value in (pair.actual, pair.expected)):
        return None, False
    sizes = {one.expected.shape for one in heard if one.key == key and not one.agreed}
    return recognise(pairs, dict(tolerances)), len(sizes) > 1
