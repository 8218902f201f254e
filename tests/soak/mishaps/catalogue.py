"""The register of mishaps: each is a named function that changes a work, and draws what it needs from a source of choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tests.soak.mishaps.work import Work

T = TypeVar("T")

FAMILIES = ("names", "text", "structure", "surroundings", "attempts", "order", "files")
"""In the order in which they are applied: later ones build on what earlier ones leave."""


class Choices(Protocol):
    """Where a mishap's parameters come from."""

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included; the simplest is `low`."""


class Recorded:
    """Choices that were made before, and `low` once they are used up."""

    def __init__(self, numbers: Sequence[int] = ()):
        self.left = list(numbers)

    def number(self, low: int, high: int) -> int:
        """The next one, brought into the range."""
        return min(max(self.left.pop(0), low), high) if self.left else low


class Pick:
    """Choices with a memory, and what mishaps ask for made of numbers."""

    def __init__(self, source: Choices):
        self._source = source
        self.made: list[int] = []

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        self.made.append(self._source.number(low, high))
        return self.made[-1]

    def flag(self) -> bool:
        """Yes or no."""
        return self.number(0, 1) == 1

    def of(self, things: Sequence[T]) -> T:
        """One of them. Raises Unfit if there is none."""
        if not things:
            raise Unfit
        return things[self.number(0, len(things) - 1)]

    def some(self, things: Sequence[T]) -> list[T]:
        """One of them, or all. Raises Unfit if there is none."""
        return list(things) if self.flag() and things else [self.of(things)]


class Unfit(Exception):
    """There is nothing in this work that the mishap could happen to."""


Change = Callable[[Work, Pick], None]


@dataclass(frozen=True)
class Mishap:
    """One of them.

    Attributes:
        name: its function's, in the form that is printed.
        family: one of FAMILIES.
        about: first line of its docstring.
        rare: whether it is drawn seldom, because it takes the grader as long as a cell may run.
        alone: name of a group of which a notebook takes one only.
        owed: whether it is known to cost marks that it should not; campaigns draw it, the quick test does not.
    """

    name: str
    family: str
    about: str
    change: Change
    rare: bool
    alone: str | None
    owed: bool


CATALOGUE: dict[str, Mishap] = {}


def mishap(family: str, *, rare: bool = False, alone: str | None = None, owed: bool = False) -> Callable[[Change], Change]:
    """Put a function into the catalogue."""

    def enter(change: Change) -> Change:
        name = change.__name__
        if name in CATALOGUE or family not in FAMILIES:
            raise ValueError(f"{name}: there are two, or {family} is no family")
        about = (change.__doc__ or "").strip().split("\n")[0]
        CATALOGUE[name] = Mishap(name, family, about, change, rare, alone, owed)
        return change

    return enter


def in_order(names: Sequence[str]) -> list[Mishap]:
    """Mishaps in the order in which they are applied. Raises KeyError for a name that is none."""
    place = {name: number for number, name in enumerate(CATALOGUE)}
    return sorted((CATALOGUE[name] for name in names), key=lambda one: (FAMILIES.index(one.family), place[one.name]))
