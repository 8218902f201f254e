"""Reads the files of the attack set: a notebook's worth of cells in percent format, and what must be true after grading it.

An attack is one file, `attacks/<family>/<name>.py`. Its first comment block says what it is, in lines `# key: value`:

    title       one line
    hopes       what the attacker hopes for
    base        `template`: the notebook as students get it; `complete`: the same with the right work in it
    zero        questions that must earn nothing, for a complete notebook that breaks a rule
    may lose    questions that may lose marks, because the attack sits in them; a template has none to lose
    may earn    `question=points`: what the honest part of the work in it is worth
    capped      questions whose test of the timed training run must fail
    absent      a word that must not be in anything that students see
    copies      how often the attack's cells are inserted
    open        why the attack is known to succeed, if it does

The cells follow, as in any variant of a notebook (see `autograder.variants.written`). Whatever is not listed must be as in the
base: no question may earn more than in the base, and none may lose anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from autograder.errors import AutograderError
from autograder.variants import Change, read_written

_REQUIRED = frozenset({"title", "hopes", "base"})
_OPTIONAL = frozenset({"zero", "may lose", "may earn", "absent", "capped", "copies", "open"})


@dataclass(frozen=True)
class Attack:
    """One attack; see the module for the meaning of what is in its file.

    Attributes:
        name: `family/name`.
        may_earn: points by question.
    """

    name: str
    title: str
    hopes: str
    base: str
    zero: frozenset[str]
    may_lose: frozenset[str]
    may_earn: dict[str, float]
    absent: tuple[str, ...]
    capped: frozenset[str]
    copies: int
    known_open: str
    cells: tuple[Change, ...]

    @property
    def family(self) -> str:
        """What kind of attack it is: the name of its folder."""
        return self.name.partition("/")[0]

    @property
    def questions(self) -> frozenset[str]:
        """The questions that its expectations name: an assignment without one of them is not what it was written for."""
        return self.zero | self.may_lose | self.may_earn.keys() | self.capped


@lru_cache(maxsize=1)
def load_attacks() -> tuple[Attack, ...]:
    """All attacks that ship with the package, by family and name."""
    folder = resources.files("autograder") / "selftest" / "attacks"
    return tuple(parse_attack(name, entry.read_text(encoding="utf-8")) for name, entry in sorted(_files(folder)))


def parse_attack(name: str, text: str) -> Attack:
    """The attack in a file's text. Raises AutograderError, which names the attack, if the file is not as the module says."""
    written = read_written(f"the attack {name}", text, required=_REQUIRED, optional=_OPTIONAL)
    settings = written.keys
    if settings["base"] not in ("template", "complete"):
        raise AutograderError(f"the attack {name}: `base` is {settings['base']}, neither template nor complete")
    earned = (entry.partition("=") for entry in settings.get("may earn", "").split())
    return Attack(
        name=name,
        title=settings["title"],
        hopes=settings["hopes"],
        base=settings["base"],
        zero=frozenset(settings.get("zero", "").split()),
        may_lose=frozenset(settings.get("may lose", "").split()),
        may_earn={question: float(points) for question, _, points in earned},
        absent=tuple(settings.get("absent", "").split()),
        capped=frozenset(settings.get("capped", "").split()),
        copies=int(settings.get("copies", "1")),
        known_open=settings.get("open", ""),
        cells=written.changes,
    )


def _files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for family in folder.iterdir():
        if family.is_dir():
            for entry in family.iterdir():
                if entry.name.endswith(".py"):
                    yield f"{family.name}/{entry.name.removesuffix('.py')}", entry
