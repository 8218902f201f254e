"""A plan says which mishaps happen to which work, with which choices; hypothesis draws them, a line of text repeats one."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from autograder.assignment import Assignment
from autograder.variants import Bases, read_folder
from tests.samples import ROOT, TEMPLATE, original_layout
from tests.soak.mishaps import attempts, files, names, order, structure, surroundings, text  # noqa: F401  # fill the catalogue
from tests.soak.mishaps.catalogue import CATALOGUE, Choices, Mishap, Pick, Recorded, Unfit, in_order
from tests.soak.mishaps.work import Work

MOST = 5
"""Mishaps to a notebook, at most."""
SIMPLE, RICH = ("without_otter", "with_otter", "original"), "module_functions"
"""The complete notebook in its layouts, and one with functions of the student's own."""
SELDOM = 12
"""Of so many draws of a rare mishap, one is let through."""


@dataclass(frozen=True)
class Plan:
    """What happened, in the order in which it did.

    Attributes:
        steps: name of a mishap, and the numbers that it drew.
    """

    base: str
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    def __str__(self) -> str:
        return " + ".join([self.base, *(" ".join([name, *map(str, numbers)]) for name, numbers in self.steps)])

    @property
    def mishaps(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(name for name, _ in self.steps)

    @classmethod
    def parse(cls, line: str) -> Plan:
        """The plan in a line that was printed. Raises ValueError if it is none."""
        base, *steps = (part.split() for part in line.split(" + "))
        if len(base) != 1 or any(step[:1] == [] or step[0] not in CATALOGUE for step in steps):
            raise ValueError(f"no plan: {line}")
        return cls(base[0], tuple((step[0], tuple(map(int, step[1:]))) for step in steps))


@dataclass(frozen=True)
class Made:
    """A plan carried out."""

    plan: Plan
    work: Work


class Bench:
    """Makes works of an assignment: the complete notebook in its layouts, and the accept set."""

    def __init__(self, assignment: Assignment, accept: Path = ROOT / "solutions" / "accept"):
        bases = Bases.of(assignment)
        self.sources: dict[str, Sequence[str]] = {
            "with_otter": assignment.complete,
            "without_otter": assignment.cells,
            "original": original_layout(list(assignment.cells)),
        }
        for solution in read_folder(accept, required=frozenset({"title"})):
            self.sources[solution.name] = bases.cells(solution.name, "complete", solution.changes)
        self._works = {base: Work.of(assignment, sources) for base, sources in self.sources.items()}
        for at, prose in reversed(_prose(assignment.complete)):
            self._works["with_otter"].insert(at, prose, "markdown")

    def work(self, base: str) -> Work:
        """A fresh one. Raises KeyError for a base that there is not."""
        return copy.deepcopy(self._works[base])

    def make(self, base: str, mishaps: Sequence[tuple[Mishap, Choices]]) -> Made:
        """The work with the mishaps on it; those that do not fit leave it as it is, and are not in the plan."""
        work, steps = self.work(base), []
        for one, choices in mishaps:
            pick = Pick(choices)
            try:
                one.change(work, pick)
            except Unfit:
                continue
            steps.append((one.name, tuple(pick.made)))
        return Made(Plan(base, tuple(steps)), work)

    def again(self, plan: Plan) -> Made:
        """What a plan makes."""
        return self.make(plan.base, [(CATALOGUE[name], Recorded(numbers)) for name, numbers in plan.steps])


def _prose(complete: Sequence[str]) -> list[tuple[int, str]]:
    """The template's cells of prose, each with the number of code cells before it."""
    cells = json.loads(TEMPLATE.read_bytes())["cells"]
    found, code = [], 0
    for cell in cells:
        if cell["cell_type"] == "code":
            code += 1
        else:
            found.append((min(code, len(complete)), "".join(cell["source"])))
    return found


class _Rolled:
    """Choices of a seeded generator."""

    def __init__(self, number: str):
        self._chance = random.Random(number)

    def number(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)


def spread(bench: Bench, notebooks: int) -> list[Made]:
    """Every mishap that is not owed once, on so few notebooks and a few more: each comes where the fewest are and it fits.

    Those that touch the work, and those that take long, share one with nothing.
    """
    shared = [(SIMPLE[number % len(SIMPLE)], list[Mishap]()) for number in range(notebooks)]
    own: list[tuple[str, list[Mishap]]] = []
    for one in in_order([name for name in CATALOGUE if not CATALOGUE[name].owed]):
        for base, some in [] if one.rare or one.alone == "touches" else sorted(shared, key=lambda entry: len(entry[1])):
            apart = one.alone is None or all(one.alone != other.alone for other in some)
            if apart and len(_rolled(bench, base, [*some, one]).plan.steps) == len(some) + 1:
                some.append(one)
                break
        else:
            own.append((RICH if one.name == "helpers_renamed" else SIMPLE[0], [one]))
    return [_rolled(bench, base, some) for base, some in (*shared, *own) if some]


def _rolled(bench: Bench, base: str, mishaps: Sequence[Mishap]) -> Made:
    return bench.make(base, [(one, _Rolled(one.name)) for one in mishaps])


class _Drawn:
    """Choices that hypothesis makes."""

    def __init__(self, draw: st.DrawFn):
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


@st.composite
def plans(draw: st.DrawFn, bench: Bench, *, among: Sequence[str] = (), most: int = MOST) -> Made:
    """A work with one to `most` mishaps, `among` these if there are any, of each group that excludes itself one only."""
    base = draw(st.sampled_from(list(bench.sources)))
    drawn = draw(st.lists(st.sampled_from(list(among or CATALOGUE)), min_size=1, max_size=most, unique=True))
    kept: list[Mishap] = []
    for one in in_order(drawn):
        seldom = one.rare and not among and draw(st.integers(0, SELDOM - 1)) != 0
        if not seldom and (one.alone is None or all(one.alone != other.alone for other in kept)):
            kept.append(one)
    choices = _Drawn(draw)
    return bench.make(base, [(one, choices) for one in kept])
