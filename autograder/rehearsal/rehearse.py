"""Rehearses a bundle: set-up as the image is built, a complete submission in each tier until one is safe, then the attacks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from autograder.bundles import CONFIG, MANIFEST, bundle_of
from autograder.config_file import config_of
from autograder.errors import AutograderError
from autograder.rehearsal.stage import Ran, Stage, stage
from autograder.rehearsal.tiers import TIERS, Tier
from autograder.reports.gradescope import GradescopeResults
from autograder.variants import Bases, notebook

SETUP_SECONDS = 1800.0
ATTACK_SECONDS = 7200.0
TOLD = {
    "id": 1,
    "created_at": "2026-03-01T12:00:00.000000+00:00",
    "users": [{"id": 1, "name": "Rehearsal", "email": "rehearsal@example.edu"}],
    "previous_submissions": [],
}
"""`submission_metadata.json` of a rehearsal."""


@dataclass(frozen=True)
class Trial:
    """A complete submission that was graded in a tier.

    Attributes:
        results: what the platform would read; None if it could not.
        again: whether a second run gave the same marks; None if there was none.
        shortfalls: why the tier is not safe; none if it is.
    """

    tier: Tier
    ran: Ran
    results: GradescopeResults | None
    shortfalls: tuple[str, ...]
    again: bool | None = None


@dataclass(frozen=True)
class Rehearsal:
    """What a bundle takes.

    Attributes:
        reason: why it was not in a private root; empty if it was.
        setup: the lines of the Dockerfile, in order, with what each took.
        seconds: the platform's limit.
        attacks: the attack set in the same root; None if it was not asked for, or nothing else worked.
    """

    reason: str
    packages: tuple[Path, ...]
    setup: tuple[tuple[str, Ran], ...]
    seconds: float
    trials: tuple[Trial, ...] = ()
    attacks: Ran | None = None

    @property
    def safe(self) -> Tier | None:
        """The cheapest tier that is safe, of those that were tried."""
        return next((trial.tier for trial in self.trials if not trial.shortfalls), None)

    @property
    def well(self) -> bool:
        """Whether staff may upload the bundle."""
        reruns = all(trial.again is not False for trial in self.trials)
        return self.safe is not None and reruns and (self.attacks is None or self.attacks.code == 0)


def rehearse(
    bundle: Path,
    attacks: Sequence[str] = (),
    *,
    tiers: Sequence[Tier] = TIERS,
    say: Callable[[str], None] = lambda step: None,
) -> Rehearsal:
    """Rehearse a bundle. `attacks`: words of which an attack's name must hold one; none for no attacks.

    Raises BundleError if it is no bundle, AutograderError if its set-up fails.
    """
    with stage(bundle) as made:
        return rehearse_on(made, bundle, attacks, tiers=tiers, say=say)


def rehearse_on(
    made: Stage, bundle: Path, attacks: Sequence[str], *, tiers: Sequence[Tier], say: Callable[[str], None]
) -> Rehearsal:
    """As `rehearse`, on a stage that is there already, and stays."""
    config = config_of((made.at("source") / CONFIG).read_bytes(), bundle / CONFIG, check_files=False)
    manifest = (made.at("source") / MANIFEST).read_bytes()
    complete = notebook(list(Bases.of(bundle_of(manifest, bundle).assignment).sources["complete"]))
    setup = []
    for line in made.commands:
        say(f"building the image: {line}")
        ran = made.run("/bin/bash", "-c", line, seconds=SETUP_SECONDS)
        setup.append((line, ran))
        if ran.code != 0:
            raise AutograderError(f"{bundle}: `{line}` failed with code {ran.code}:\n{ran.printed[-2000:].strip()}")
    seconds = float(config.gradescope.seconds)
    trials: list[Trial] = []
    for tier in tiers:
        say(f"grading a complete submission in {tier.name}, with nothing of it in memory")
        _forget(made)
        trials.append(_try(made, complete, tier, seconds, say))
        if not trials[-1].shortfalls:
            break
    attacked = None
    safe = next((trial.tier for trial in trials if not trial.shortfalls), None)
    if attacks and safe is not None:
        say(f"attacking in {safe.name}")
        attacked = _attack(made, attacks, safe)
    return Rehearsal(made.reason, made.packages, tuple(setup), seconds, tuple(trials), attacked)


def _try(made: Stage, complete: bytes, tier: Tier, seconds: float, say: Callable[[str], None]) -> Trial:
    ran, results = _grade(made, complete, tier, seconds)
    wrong = [*tier.shortfalls(ran.seconds, ran.memory.total, seconds)]
    if ran.kills:
        wrong.append("memory was used up, and the kernel ended something")
    if ran.code != 0:
        wrong.append(f"it ended with exit code {ran.code}: {' '.join(ran.printed[-600:].split())}")
    if results is None:
        wrong.append("there are no results")
    elif results.score is None or lost(results):
        wrong.append(f"a complete submission lost marks: {', '.join(lost(results)) or 'there is no score'}")
    if wrong:
        return Trial(tier, ran, results, tuple(wrong))
    say(f"grading it again in {tier.name}")
    _, others = _grade(made, complete, tier, seconds)
    return Trial(tier, ran, results, (), again=others is not None and marks(others) == marks(results))


def _grade(made: Stage, complete: bytes, tier: Tier, seconds: float) -> tuple[Ran, GradescopeResults | None]:
    made.fresh(complete, TOLD)
    ran = made.run(made.inside("/autograder/run_autograder"), seconds=seconds, tier=tier)
    try:
        results = GradescopeResults.model_validate(json.loads(made.at("results/results.json").read_bytes()))
    except (OSError, ValueError, ValidationError):
        results = None
    return ran, results


def _attack(made: Stage, names: Sequence[str], tier: Tier) -> Ran:
    made.fresh(b"{}", TOLD)
    python, config = made.inside("/opt/autograder/bin/python"), made.inside(f"/autograder/source/{CONFIG}")
    command = (python, "-I", "-m", "autograder", "selftest", "--jobs", "1", "--config", config, *names)
    return made.run(*command, seconds=ATTACK_SECONDS, tier=tier)


def marks(results: GradescopeResults | None) -> tuple[tuple[str | None, float | None, str | None], ...]:
    """What a submission got: of the whole, and for each entry."""
    if results is None:
        return ()
    return (("", results.score, None), *((test.number, test.score, test.status) for test in results.tests or ()))


def lost(results: GradescopeResults) -> list[str]:
    """Names of entries that earned less than they are worth."""
    tests = results.tests or ()
    found = [test.name or "" for test in tests if test.score is not None and test.score < (test.max_score or 0.0)]
    return found if any(test.score is not None for test in tests) else ["nothing was judged"]


def _forget(made: Stage) -> None:
    """Ask the kernel to drop what it holds of the packages' libraries, so that they come from the disk as in a new container."""
    for folder in (*made.packages, made.folder / "opt"):
        for path in folder.rglob("*.so*"):
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:
                continue
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
