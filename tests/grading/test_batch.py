"""A batch keeps its judges busy, and hands every result on."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.grading import batch
from autograder.submissions import Found

NAMES = ("ada", "ben", "cai", "dee", "eli")


class Stub:
    """Judges that are all done as soon as somebody waits for them; `told` has what happened, in order."""

    told: list[str]

    def __init__(self, grader: Any, lanes: Sequence[Any]):
        self._lanes, self._busy = len(lanes), list[Found]()

    @property
    def idle(self) -> bool:
        return len(self._busy) < self._lanes

    @property
    def busy(self) -> bool:
        return bool(self._busy)

    def give(self, found: Found, seed: int) -> None:
        self._busy.append(found)
        self.told.append(f"{found.name} begun")

    def take(self) -> list[tuple[Found, Any]]:
        done, self._busy = self._busy, []
        return [(found, f"result of {found.name}") for found in done]

    def close(self) -> None:
        self.told.append("closed")


def graded(monkeypatch: pytest.MonkeyPatch, lanes: int, **options: Any) -> list[str]:
    """What happened while all were graded, and each result was written."""
    monkeypatch.setattr(batch, "Judges", Stub)
    Stub.told = told = []
    found = [Found(name, f"{name}.ipynb") for name in NAMES]
    sandbox: Any = SimpleNamespace(lanes=[None] * lanes)
    grader: Any = None
    for step in batch.grade_batch(grader, sandbox, found, seed=1, **options):
        if step.result is not None:
            told.append(f"{step.found.name} written")
    return told


@pytest.mark.parametrize("lanes", (1, 2, 9))
def test_no_judge_waits_for_a_result_to_be_written(monkeypatch: pytest.MonkeyPatch, lanes: int) -> None:
    """While a result goes to the disk, the judge that it came from has its next submission already."""
    told = graded(monkeypatch, lanes)
    for name, later in zip(NAMES, NAMES[lanes:], strict=False):
        assert told.index(f"{later} begun") < told.index(f"{name} written")


@pytest.mark.parametrize("ahead", (True, False))
@pytest.mark.parametrize("lanes", (1, 2, 9))
def test_every_result_is_handed_on_once(monkeypatch: pytest.MonkeyPatch, lanes: int, ahead: bool) -> None:
    """Every submission is begun once and its result handed on once, before the judges are closed."""
    told = graded(monkeypatch, lanes, ahead=ahead)
    assert sorted(told[:-1]) == sorted(f"{name} {what}" for name in NAMES for what in ("begun", "written"))
    assert told[-1] == "closed"


def test_a_caller_can_look_at_what_a_submission_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `ahead` nothing else has begun on one lane when a result is handed on."""
    told = graded(monkeypatch, 1, ahead=False)
    assert told == [f"{name} {what}" for name in NAMES for what in ("begun", "written")] + ["closed"]
