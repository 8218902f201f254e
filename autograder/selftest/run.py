"""Runs the attack set against a bundle: attacks in, one verdict each out, and whether the machine is as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from autograder.config import Config
from autograder.errors import UsageError
from autograder.grading.batch import grade_batch
from autograder.grading.grade import Grader
from autograder.grading.launch import sandbox_for
from autograder.results import Layer, Status, SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.selftest.attack import Attack
from autograder.selftest.expect import broken_promises, verdicts
from autograder.selftest.plants import Plants, traces
from autograder.submissions import Found
from autograder.variants import Bases, notebook


@dataclass(frozen=True)
class Verdict:
    """What became of one attack.

    Attributes:
        broken: one sentence for each promise that did not hold.
    """

    attack: Attack
    broken: tuple[str, ...]
    seconds: float

    @property
    def held(self) -> bool:
        """Whether the attack got nothing."""
        return not self.broken


@dataclass(frozen=True)
class Report:
    """What became of all attacks.

    Attributes:
        layers: what confined the workers on this machine.
        damage: by family, what its attacks left on the machine or did to the submission after them.
        seconds: wall time.
        unfit: names of attacks on questions that the assignment does not have.
    """

    layers: tuple[Layer, ...]
    verdicts: tuple[Verdict, ...]
    damage: dict[str, tuple[str, ...]]
    seconds: float
    unfit: tuple[str, ...] = ()

    @property
    def succeeded(self) -> tuple[Verdict, ...]:
        """Attacks that got something and are not known to."""
        return tuple(verdict for verdict in self.verdicts if not verdict.held and not verdict.attack.known_open)

    @property
    def all_held(self) -> bool:
        """Whether nothing happened that should not have happened."""
        return not self.succeeded and not any(self.damage.values())


def run_attacks(
    config: Config,
    attacks: Sequence[Attack],
    load: Callable[[], Grader],
    *,
    lanes: int,
    unconfined: bool = False,
    say: Callable[[Verdict | Sequence[Layer] | None], None] = lambda step: None,
) -> Report:
    """Grade every attack that fits the assignment, family by family, and after each family a complete notebook that must get what
    it got before.

    `load` gives the grader; it is called once the workers' memory is set apart. `say` is told the layers, and each verdict.
    Raises UsageError if the complete notebook or the template do not get what they should to begin with, and if nothing fits.
    """
    started = time.monotonic()
    plants = Plants.plant()
    try:
        with sandbox_for(config, lanes, submissions=len(attacks), unconfined=unconfined) as sandbox:
            campaign = _Campaign(load(), sandbox, plants, config)
            say(campaign.layers)
            found: list[Verdict] = []
            damage: dict[str, tuple[str, ...]] = {}
            fitting = [attack for attack in attacks if campaign.fits(attack)]
            if not fitting:
                raise UsageError("none of these attacks fits: they are on questions that this assignment does not have")
            for family, members in groupby(sorted(fitting, key=lambda attack: attack.name), lambda attack: attack.family):
                for verdict in campaign.attack(tuple(members)):
                    found.append(verdict)
                    say(verdict)
                damage[family] = campaign.damage()
                say(None)
        unfit = tuple(attack.name for attack in attacks if attack not in fitting)
        return Report(campaign.layers, tuple(found), damage, time.monotonic() - started, unfit)
    finally:
        plants.remove()


class _Campaign:
    """One sandbox, and what its two bases got before any attack."""

    def __init__(self, grader: Grader, sandbox: Sandbox, plants: Plants, config: Config):
        self._sandbox, self._plants, self._config = sandbox, plants, config
        self._bases = Bases.of(grader.assignment)
        assignment = plants.in_tests(grader.assignment)
        self._grader = Grader.load(assignment, config, grader.key, grader.versions)
        self._folder = plants.folder
        for base, sources in self._bases.sources.items():
            (self._folder / f"{base}.ipynb").write_bytes(notebook(sources))
        self._base = {result.name: result for result in self._grade(["template", "complete"])}
        complete, template = self._base["complete"], self._base["template"]
        if complete.status is not Status.GRADED or complete.score != complete.max_score or template.score != 0:
            raise UsageError(
                f"a complete notebook gets {complete.score:g} of {complete.max_score:g} points, "
                f"and the template {template.score:g}; "
                f"without that, attacks prove nothing. {complete.detail or ''}"
            )
        self.layers = complete.confinement

    def fits(self, attack: Attack) -> bool:
        """Whether the assignment has the questions that it is about."""
        known = {question.name for question in self._grader.assignment.questions}
        return attack.questions <= known and self._bases.fit(attack.base, attack.cells)

    def attack(self, attacks: Sequence[Attack]) -> Iterator[Verdict]:
        """Grade these attacks; a verdict for each, as it is ready."""
        by_name = {attack.name.replace("/", "-"): attack for attack in attacks}
        for name, attack in by_name.items():
            cells = self._bases.cells(f"the attack {attack.name}", attack.base, attack.cells * attack.copies)
            (self._folder / f"{name}.ipynb").write_bytes(notebook(cells))
        for result in self._grade(list(by_name)):
            attack = by_name[result.name]
            broken = broken_promises(attack, result, self._base[attack.base], self._plants, self._config)
            yield Verdict(attack, tuple(broken), result.seconds)

    def damage(self) -> tuple[str, ...]:
        """What is not as it was: things left behind, or a complete notebook that now fares differently on one of the lanes."""
        found = list(traces(self._sandbox))
        wanted = verdicts(self._base["complete"])
        for result in self._grade(["complete"] * len(self._sandbox.lanes)):
            if verdicts(result) != wanted:
                found.append(f"a complete notebook gets {result.score:g} points now")
        return (*found, *(trace for trace in traces(self._sandbox) if trace not in found))

    def _grade(self, names: Sequence[str]) -> Iterator[SubmissionResult]:
        waiting = [Found(name, str(Path(self._folder / f"{name}.ipynb"))) for name in names]
        for step in grade_batch(self._grader, self._sandbox, waiting, ahead=False):
            if step.result is not None:
                yield step.result
