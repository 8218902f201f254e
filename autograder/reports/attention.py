"""Says what staff must look at: results in, one reason per submission that needs a person, and what confinement lacked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from autograder.reports.text import count, one_line
from autograder.results import NO_WORK, Outcome, Status, SubmissionResult, TestResult, in_reach

_EXTRA_LAYERS: Final = ("namespace", "system call filter", "seccomp")
"""Parts of the names of layers that a default container cannot give. A layer of any other name is one that must hold."""
_LISTED: Final = 3


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One submission that a person must look at.

    Attributes:
        trace: of the grader's first own failure, if it left one.
        damaged: whether this is about a result that cannot be read; there is no page of such a one.
    """

    name: str
    status: Status
    reason: str
    trace: str | None = None
    damaged: bool = False


class LayerSummary(msgspec.Struct, frozen=True, kw_only=True):
    """In how many submissions a confinement layer was applied and missing, and the reasons given for the latter."""

    name: str
    applied: int
    missing: int
    reasons: tuple[str, ...]
    extra: bool


class ConfinementSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How student code was confined.

    Attributes:
        level: "unconfined" if some student code could reach the grader, "weakened" if a layer that must hold was missing
            or nothing was recorded, else "confined".
        affected: submissions whose code ran with less than it must have.
        reachable: how many of those ran with neither a user of their own nor Landlock.
        unrecorded: submissions whose code ran without a record of its confinement.
    """

    level: Literal["confined", "weakened", "unconfined"]
    affected: tuple[str, ...]
    reachable: int
    layers: tuple[LayerSummary, ...]
    unrecorded: int


def needs_attention(results: Iterable[SubmissionResult]) -> tuple[Attention, ...]:
    """Those that need a person: what the grader could not judge, then what holds no work, each sorted by name."""
    found = [_attention(result) for result in results if result.status is not Status.GRADED or _has_errored(result)]
    return tuple(sorted(found, key=lambda one: (one.status in NO_WORK, one.name)))


def _attention(result: SubmissionResult) -> Attention:
    # A result may say `graded` and still hold a test that errored, if a later version of the grader is wrong about it.
    status = result.status if result.status in NO_WORK else Status.ERRORED
    errored = _errored(result)
    note = one_line(result.notes[0], 400) if result.notes else ""
    if status in NO_WORK:
        reason = note or "it could not be read"
    elif note and not any(test.detail for _, test in errored):
        reason = note
    elif errored:
        names = [f"{one_line(question)}/{one_line(test.case)}" for question, test in errored[:_LISTED]]
        more = f" and {len(errored) - _LISTED} more" if len(errored) > _LISTED else ""
        reason = f"{count(len(errored), 'test')} could not be judged: {', '.join(names)}{more}"
    else:
        reason = "the grader failed on it"
    trace = next((text for text in (*(test.detail for _, test in errored), result.detail) if text), None)
    last = [line for line in (trace or "").splitlines() if line.strip()][-1:]
    if last and one_line(last[0], 400) != reason:
        reason = f"{reason} — {one_line(last[0], 400)}"
    return Attention(name=result.name, status=status, reason=reason, trace=trace, damaged=not result.source)


def _has_errored(result: SubmissionResult) -> bool:
    return any(q.outcome is Outcome.ERRORED for q in result.questions) and bool(_errored(result))


def _errored(result: SubmissionResult) -> list[tuple[str, TestResult]]:
    return [(q.name, test) for q in result.questions for test in q.tests if test.outcome is Outcome.ERRORED]


def summarise_confinement(results: Sequence[SubmissionResult]) -> ConfinementSummary:
    """How the code of these submissions was confined. Those whose code never ran have nothing to say."""
    ran = [result for result in results if result.confinement or result.status is Status.GRADED]
    names = dict.fromkeys(layer.name for result in ran for layer in result.confinement)
    affected = tuple(sorted(result.name for result in ran if _lacks_a_layer(result)))
    reachable = sum(in_reach(result.confinement) for result in ran)
    return ConfinementSummary(
        level="unconfined" if reachable else "weakened" if affected else "confined",
        affected=affected,
        reachable=reachable,
        layers=tuple(_layer(name, ran) for name in names),
        unrecorded=sum(not result.confinement for result in ran),
    )


def _layer(name: str, ran: Sequence[SubmissionResult]) -> LayerSummary:
    layers = [layer for result in ran for layer in result.confinement if layer.name == name]
    missing = [layer for layer in layers if not layer.applied]
    return LayerSummary(
        name=one_line(name),
        applied=len(layers) - len(missing),
        missing=len(missing),
        reasons=tuple(sorted({one_line(layer.reason) for layer in missing if layer.reason})),
        extra=_is_extra(name),
    )


def _is_extra(name: str) -> bool:
    return any(part in name.lower() for part in _EXTRA_LAYERS)


def _lacks_a_layer(result: SubmissionResult) -> bool:
    return not result.confinement or any(not layer.applied and not _is_extra(layer.name) for layer in result.confinement)
