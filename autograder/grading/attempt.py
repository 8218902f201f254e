"""Runs a submission's notebook in the order in which it works, and says which state answers each question under which names."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.grading.execution import Execution
from autograder.results import CellResult, Violation
from autograder.sandbox.session import Session
from autograder.submissions import Alignment, Cell, align, check_rules
from autograder.submissions.joined import take_apart
from autograder.submissions.later import wait_for_names
from autograder.submissions.modules import provided, spelled_out, written
from autograder.submissions.notebook import Module
from autograder.submissions.order import other_definitions, saved_order
from autograder.submissions.renamed import Renamed, find_renamed, renamed_definitions

SAVED = "The cells were run in the order in which they had been run when the notebook was saved: {}."
JOINED = "Code cell {} answers several questions and binds names anew for the later ones; it was run in pieces."


@dataclass(frozen=True)
class Plan:
    """How one submission is to be run: its cells in order, what they answer, and what the source tells of it.

    `cells`: those that were handed in, some of them in pieces.
    `notes`: one sentence each, on names and on states that are not where the assignment has them.
    `reseed`: as in the assignment.
    """

    cells: tuple[Cell, ...]
    handed_in: tuple[Cell, ...]
    alignment: Alignment
    renamed: Renamed
    violations: dict[str, tuple[Violation, ...]]
    modules: tuple[Module, ...] = ()
    notes: tuple[str, ...] = ()
    reseed: int | None = None

    @classmethod
    def of(cls, assignment: Assignment, config: Config, cells: Sequence[Cell], modules: Sequence[Module] = ()) -> Plan:
        """The plan for cells in this order, with modules of the student's own."""
        definitions = renamed_definitions(assignment.outline, cells, assignment.cells)
        every = (*modules, *written(cells))
        given = provided(every)
        asked = {name for cell in assignment.outline for name in cell.definitions}
        named, taken = spelled_out(cells, given, asked)
        aligned = align(assignment.outline, named, definitions, given)
        pieces, aligned = take_apart(assignment.outline, named, aligned, definitions, given)
        alignment, waits = wait_for_names(assignment.outline, aligned, pieces, given)
        renamed = find_renamed(assignment, pieces, alignment, definitions)
        violations = check_rules(config.rules, cells, definitions, every)
        apart = dict.fromkeys(cell.whole for cell in pieces if cell.whole is not None)
        notes = (*taken, *renamed.notes, *(JOINED.format(number) for number in apart), *waits)
        return cls(pieces, tuple(cells), alignment, renamed, violations, tuple(modules), notes, assignment.reseed)

    def cells_of(self, question: str) -> tuple[int, ...]:
        """Numbers of the cells that answer a question, as people know them."""
        shown = {cell.number: cell.shown for cell in self.cells}
        return tuple(dict.fromkeys(shown[number] for number in self.alignment.cells_of(question)))

    @property
    def unanswered(self) -> int:
        """Questions that nothing in the cells answers."""
        return sum(boundary is None for boundary in self.alignment.boundaries.values())


@dataclass(frozen=True)
class Attempt:
    """A plan that was carried out. `notes`: one sentence each, on its order."""

    plan: Plan
    execution: Execution
    notes: tuple[str, ...] = ()
    as_saved: bool = False

    @property
    def cells(self) -> tuple[CellResult, ...]:
        """What happened to each cell that was handed in: to the first of its pieces that did not end well, if it is in pieces."""
        results: dict[int, CellResult] = {}
        for cell, result in zip(self.plan.cells, self.execution.cells, strict=False):  # what nobody asks for is not run
            before = results.get(cell.shown)
            if before is None:
                results[cell.shown] = msgspec.structs.replace(result, number=cell.shown)
                continue
            worse = before if before.status != "ok" else result
            results[cell.shown] = msgspec.structs.replace(
                worse,
                number=cell.shown,
                seconds=before.seconds + result.seconds,
                output=before.output + result.output,
                notes=(*before.notes, *result.notes),
            )
        return tuple(results.values())


def attempt(
    session: Session,
    config: Config,
    assignment: Assignment,
    plan: Plan,
    seed: int,
    *,
    asked: Collection[str] | None = None,
) -> Attempt:
    """Run the notebook as it stands, or as it was saved, as the configuration says. `seed` is where student code starts from.

    By default the saved order is tried only where a name was missing in the notebook's own, and kept only if fewer cells fail.
    """
    policy = config.execution.order
    other = saved_order(plan.handed_in) if policy != "notebook" else None
    if other is None:
        return Attempt(plan, _run(session, config, plan, seed, asked))
    saved = Plan.of(assignment, config, other, plan.modules)
    if policy == "saved":
        return Attempt(saved, _run(session, config, saved, seed, asked), (_said("", saved),), as_saved=True)
    execution = _run(session, config, plan, seed, asked)
    if not any((cell.error or "").startswith("NameError") for cell in execution.cells):
        return Attempt(plan, execution)
    session.output.closed = False
    again = _run(session, config, saved, seed, asked)
    if _failures(again.cells) >= _failures(execution.cells):
        return Attempt(plan, execution)
    for question in execution.boundaries:
        execution.release(question)
    return Attempt(saved, again, (_said("In the notebook's own order a name was missing. ", saved),), as_saved=True)


def second_attempt(
    session: Session,
    config: Config,
    assignment: Assignment,
    made: Attempt,
    seed: int,
    *,
    asked: Collection[str] | None = None,
) -> Attempt | None:
    """What lost marks once more in the order in which it was saved, if that may earn more; else None.

    It may if it leaves other definitions behind (a wrong attempt that stands below the right one, and was run before it, is
    not what its author worked with last) or answers more questions. Only where the configuration leaves the order to the grader.
    """
    plan = made.plan
    other = saved_order(plan.handed_in) if config.execution.order == "auto" and not made.as_saved else None
    if other is None or time.monotonic() > made.execution.deadline:
        return None
    saved = Plan.of(assignment, config, other, plan.modules)
    if not other_definitions(plan.handed_in, other) and saved.unanswered >= plan.unanswered:
        return None
    session.output.closed = False
    execution = _run(session, config, saved, seed, asked, made.execution.deadline)
    why = "In the notebook's own order tests fail, and fewer do in the other. "
    return Attempt(saved, execution, (_said(why, saved),), as_saved=True)


def _run(
    session: Session, config: Config, plan: Plan, seed: int, asked: Collection[str] | None, deadline: float | None = None
) -> Execution:
    training = config.training
    snapshot = ""
    if training is not None:
        names = plan.renamed.of(training.question)
        snapshot = names.get(training.cell.snapshot, ("",))[0]
    execution = Execution(
        session, config, plan.cells, plan.alignment, seed, asked=asked, snapshot=snapshot, reseed=plan.reseed
    )
    execution.deadline = deadline or execution.deadline
    execution.run()
    return execution


def _failures(cells: Sequence[CellResult]) -> int:
    return sum(cell.status != "ok" for cell in cells)


def _said(why: str, plan: Plan) -> str:
    numbers = ", ".join(str(cell.number) for cell in plan.handed_in[:40])
    return why + SAVED.format(numbers + (", ..." if len(plan.handed_in) > 40 else ""))
