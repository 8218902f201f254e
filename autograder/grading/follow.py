"""Follow-through marks: a question that fails only because an earlier class is wrong is judged again with a right one instead.

The submission's cells run once more, in processes of their own whose output nobody sees, with the solution's definitions
behind the broken ones. A test that failed before and passes now earns the configured share. A test that takes nothing of what
the question's own cells make (the timed training run, for one) would be judging the solution, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.grading.attempt import Plan
from autograder.grading.execution import Execution
from autograder.grading.judge import judge_question
from autograder.grading.scoring import outcome_of
from autograder.grading.testfile import Tests
from autograder.results import Outcome, QuestionResult, TestResult
from autograder.sandbox.session import Session
from autograder.submissions import Alignment, Cell


@dataclass(frozen=True)
class Reference:
    """What a question's answer rests on, by the solution's own cells.

    Attributes:
        defines: question -> classes and functions that its cells define.
        binds: question -> all names that its cells bind.
        rests_on: question -> earlier questions whose definitions it uses, straight or through other questions.
        sources: question that defines something -> the solution's cells of it.
    """

    defines: Mapping[str, frozenset[str]] = field(default_factory=dict)
    binds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rests_on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, assignment: Assignment) -> Reference:
        """Read it off an assignment."""
        names = [question.name for question in assignment.questions]
        cells = {name: [cell for cell in assignment.outline if cell.question == name] for name in names}
        binds = {name: frozenset(bound for cell in cells[name] for bound in cell.binds) for name in names}
        defines = {name: frozenset(made for cell in cells[name] for made in cell.definitions) for name in names}
        uses = {name: {used.partition(".")[0] for cell in cells[name] for used in cell.uses} for name in names}
        straight = {
            name: {other for other in names[:place] if binds[other] & uses[name]} for place, name in enumerate(names)
        }
        rests_on: dict[str, frozenset[str]] = {}
        for name in names:  # those that it rests on come before it, and are done
            everything = straight[name].union(*(rests_on[other] for other in straight[name]))
            rests_on[name] = frozenset(other for other in everything if defines[other])
        solved = list(zip(assignment.outline, assignment.cells, strict=True))
        sources = {
            name: "\n\n".join(source for cell, source in solved if cell.question == name) for name in names if defines[name]
        }
        return cls(defines, binds, rests_on, sources)


@dataclass(frozen=True)
class Again:
    """Questions that are judged again together.

    Attributes:
        broken: questions whose definitions are replaced.
        cases: question -> names of its test cases that failed and may earn follow-through marks.
    """

    broken: frozenset[str]
    cases: dict[str, frozenset[str]]


def plan(reference: Reference, questions: Sequence[QuestionResult], tests: Sequence[Tests]) -> tuple[Again, ...]:
    """What to judge again. Questions that define something themselves get a run of their own, where theirs is not replaced."""
    failed = {
        question.name: frozenset(test.case for test in question.tests if test.outcome is Outcome.FAILED) for question in questions
    }
    ruled_out = {question.name for question in questions if question.violations}
    parameters = {(one.question.name, case.name): case.parameters for one in tests for case in one.question.cases}
    together: dict[frozenset[str], dict[str, frozenset[str]]] = {}
    for question in questions:
        name = question.name
        broken = frozenset(other for other in reference.rests_on.get(name, ()) if failed.get(other))
        own = frozenset(case for case in failed[name] if reference.binds[name] & set(parameters[name, case]))
        if broken and own and name not in ruled_out:
            together.setdefault(broken, {})[name] = own
    users = {name: cases for group in together.values() for name, cases in group.items() if not reference.defines[name]}
    every = frozenset().union(*(broken for broken, group in together.items() if users.keys() & group.keys()))
    plans = [Again(every, users)] if users else []
    for broken, group in together.items():
        definers = {name: cases for name, cases in group.items() if name not in users}
        plans += [Again(broken - {name}, {name: cases}) for name, cases in definers.items()]
    return tuple(plans)


def follow_through(
    reference: Reference,
    tests: Sequence[Tests],
    config: Config,
    session: Session,
    submitted: Plan,
    questions: Sequence[QuestionResult],
    *,
    seed: int,
    notebook_seed: int,
    deadline: float,
) -> tuple[QuestionResult, ...]:
    """The questions' results with follow-through marks added. `deadline`: `time.monotonic()` after which nothing is begun."""
    share = config.scoring.follow_through
    claimed = {(question.name, test.case) for question in questions for test in question.tests if test.counts_with}
    if not share and not claimed:
        return tuple(questions)
    earned: dict[tuple[str, str], TestResult] = {}
    for again in plan(reference, questions, tests):
        repaired, moved = _repaired(reference, again, submitted.cells, submitted.alignment)
        execution = Execution(session, config, repaired, moved, notebook_seed, asked=again.cases, reseed=submitted.reseed)
        execution.deadline = deadline
        execution.run()
        for one in tests:
            wanted = again.cases.get(one.question.name)
            if wanted is not None and not share:
                wanted = frozenset(case for case in wanted if (one.question.name, case) in claimed)
            if not wanted or execution.boundaries.get(one.question.name) is None:
                continue
            few = msgspec.structs.replace(one.question, cases=tuple(case for case in one.question.cases if case.name in wanted))
            judged = judge_question(
                Tests(few, one.filename, one.functions),
                partial(execution.checkpoint, few.name),
                config,
                seed=seed,
                data_dir=session.lane.data,
                deadline=deadline,
                names=submitted.renamed.of(few.name),
            )
            execution.release(few.name)
            if not judged.seen:
                earned.update({(few.name, result.case): result for result in judged.results if not result.counts_with})
        replaced = sorted(frozenset().union(*(reference.defines[name] for name in again.broken)))
        questions = [_with_marks(question, earned, share, replaced, config) for question in questions]
        earned.clear()
    return tuple(questions)


def _repaired(
    reference: Reference, again: Again, cells: Sequence[Cell], alignment: Alignment
) -> tuple[tuple[Cell, ...], Alignment]:
    """The submission's cells, numbered anew, with the solution's definitions right behind the broken ones.

    A definition that the submission lacks altogether goes before the first cell of the questions that are judged.
    """
    place = {cell.number: at for at, cell in enumerate(cells)}
    firsts = [number for name in again.cases for number in alignment.cells_of(name)]
    above = min((place[number] for number in firsts), default=0)
    first = cells[above - 1].number if above else 0  # the cell that what the submission lacks goes behind
    behind: dict[int, list[str]] = {}
    for name in sorted(again.broken):
        own = alignment.cells_of(name)
        behind.setdefault(own[-1] if own else first, []).append(reference.sources[name])
    made: list[Cell] = []
    moved: dict[int, int] = {}
    for source in behind.get(0, []):
        made.append(Cell(number=len(made) + 1, index=len(made), source=source))
    for cell in cells:
        made.append(Cell(number=len(made) + 1, index=len(made), source=cell.source))
        moved[cell.number] = len(made)
        for source in behind.get(cell.number, []):
            made.append(Cell(number=len(made) + 1, index=len(made), source=source))
    boundaries = {name: alignment.boundaries.get(name) for name in again.cases}
    return tuple(made), Alignment(
        boundaries={name: moved[number] if number is not None else None for name, number in boundaries.items()},
        cells={name: tuple(moved[number] for number in numbers) for name, numbers in alignment.cells.items()},
    )


def _with_marks(
    question: QuestionResult,
    judged: Mapping[tuple[str, str], TestResult],
    share: float,
    replaced: Sequence[str],
    config: Config,
) -> QuestionResult:
    """The question with the share of each case that passes now."""
    results = {case: result for (name, case), result in judged.items() if name == question.name}
    if not any(result.outcome is not Outcome.FAILED for result in results.values()):
        return question
    names = " and ".join(f"`{name}`" for name in replaced)
    tests = tuple(_marked(test, results.get(test.case), share, names) for test in question.tests)
    return msgspec.structs.replace(
        question,
        tests=tests,
        outcome=outcome_of(tests, question.violations),
        score=round(sum(test.points for test in tests), config.scoring.decimals),
    )


def _marked(test: TestResult, again: TestResult | None, share: float, names: str) -> TestResult:
    if again is None or again.outcome is Outcome.FAILED:
        return test
    if again.outcome is Outcome.ERRORED:
        return msgspec.structs.replace(test, outcome=Outcome.ERRORED, detail=again.detail)
    if test.counts_with:  # it passed with the student's own class as well
        share = 1.0
    return msgspec.structs.replace(
        test,
        points=test.max_points * share,
        follow_through=True,
        message=f"{test.message} With a correct {names} in place of yours it passes: {share:.0%} of the points.",
    )

