"""Runs a submission's notebook in the order in which it works, and says which state answers each question under which names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.grading.execution import Execution
from autograder.results import CellResult, Violation
from autograder.sandbox.session import Session
from autograder.submissions import Alignment, Cell, align, check_rules
from autograder.submissions.modules import provided, written
from autograder.submissions.notebook import Module
from autograder.submissions.order import saved_order
from autograder.submissions.renamed import Renamed, find_renamed, renamed_definitions

SAVED = "The cells were run in the order in which they had been run when the notebook was saved: {}."


@dataclass(frozen=True)
class Plan:
    """How one submission is to be run: its cells in order, what they answer, and what the source tells of it."""

    cells: tuple[Cell, ...]
    alignment: Alignment
    renamed: Renamed
    violations: dict[str, tuple[Violation, ...]]
    modules: tuple[Module, ...] = ()

    @classmethod
    def of(cls, assignment: Assignment, config: Config, cells: Sequence[Cell], modules: Sequence[Module] = ()) -> Plan:
        """The plan for cells in this order, with modules of the student's own."""
        definitions = renamed_definitions(assignment.outline, cells, assignment.cells)
        every = (*modules, *written(cells))
        alignment = align(assignment.outline, cells, definitions, provided(every))
        renamed = find_renamed(assignment, cells, alignment, definitions)
        violations = check_rules(config.rules, cells, definitions, every)
        return cls(tuple(cells), alignment, renamed, violations, tuple(modules))


@dataclass(frozen=True)
class Attempt:
    """A plan that was carried out. `notes`: one sentence each, on its order."""

    plan: Plan
    execution: Execution
    notes: tuple[str, ...] = ()


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
    other = saved_order(plan.cells) if policy != "notebook" else None
    if other is None:
        return Attempt(plan, _run(session, config, plan, seed, asked))
    saved = Plan.of(assignment, config, other, plan.modules)
    if policy == "saved":
        return Attempt(saved, _run(session, config, saved, seed, asked), (_said("", saved),))
    execution = _run(session, config, plan, seed, asked)
    if not any((cell.error or "").startswith("NameError") for cell in execution.cells):
        return Attempt(plan, execution)
    session.output.closed = False
    again = _run(session, config, saved, seed, asked)
    if _failures(again.cells) >= _failures(execution.cells):
        return Attempt(plan, execution)
    for question in execution.boundaries:
        execution.release(question)
    return Attempt(saved, again, (_said("In the notebook's own order a name was missing. ", saved),))


def _run(session: Session, config: Config, plan: Plan, seed: int, asked: Collection[str] | None) -> Execution:
    training = config.training
    snapshot = ""
    if training is not None:
        names = plan.renamed.of(training.question)
        snapshot = names.get(training.cell.snapshot, ("",))[0]
    execution = Execution(session, config, plan.cells, plan.alignment, seed, asked=asked, snapshot=snapshot)
    execution.run()
    return execution


def _failures(cells: Sequence[CellResult]) -> int:
    return sum(cell.status != "ok" for cell in cells)


def _said(why: str, plan: Plan) -> str:
    numbers = ", ".join(str(cell.number) for cell in plan.cells[:40])
    return why + SAVED.format(numbers + (", ..." if len(plan.cells) > 40 else ""))
