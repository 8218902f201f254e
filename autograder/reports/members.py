"""Computes what single students of a group get, where something was set by hand for them alone: an override in, marks out."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from autograder.config import Config
from autograder.reports.overrides import Override, folded
from autograder.reports.text import one_line
from autograder.results import Student, SubmissionResult


class MemberMark(msgspec.Struct, frozen=True, kw_only=True):
    """What one student of a submission gets in the end, where that was set by hand for this one alone.

    Attributes:
        student: who.
        key: number or address, as the override names the student.
        manual: total before the deduction; `mark`: after it; both None if the grader gave no mark.
        adjustment: of the student's total, beside any of the submission's.
        comment: for the student.
        reason: for staff.
    """

    student: Student
    key: str
    manual: float | None
    mark: float | None
    adjustment: float
    comment: str
    reason: str


class NotApplied(msgspec.Struct, frozen=True):
    """What of an override is not applied: the keys that lead there, and why, in one sentence."""

    keys: tuple[str, ...]
    text: str


def members_of(
    result: SubmissionResult,
    override: Override | None,
    total: float | None,
    config: Config,
    after: Callable[[float | None], float | None],
) -> tuple[tuple[MemberMark, ...], tuple[NotApplied, ...]]:
    """The marks of those for whom something was set, and what fits nobody.

    `total` is the submission's, in points, before the deduction for lateness; `after` makes a mark of a total.
    """
    marks: dict[Student, MemberMark] = {}
    problems = []
    for key, own in override.members.items() if override is not None else ():
        meant = [one for one in result.students if folded(key) in (folded(one.sid), folded(one.email))]
        refused = _unclear(key, meant, result, marks)
        if not refused:
            manual = None if total is None else max(0.0, round(total + own.adjustment, config.scoring.decimals))
            marks[meant[0]] = MemberMark(
                student=meant[0], key=key, manual=manual, mark=after(manual),
                adjustment=own.adjustment if manual is not None else 0.0, comment=own.comment, reason=own.reason,
            )  # fmt: skip
            if own.adjustment and manual is None:
                refused = f"`adjustment` of {_member(key)} is not applied, because the grader gave no mark"
        if refused:
            problems.append(NotApplied(("members", key), refused))
    return tuple(marks.values()), tuple(problems)


def _unclear(key: str, meant: list[Student], result: SubmissionResult, marks: dict[Student, MemberMark]) -> str:
    """Why nobody knows who is meant; empty if one is."""
    if not meant:
        names = [f"`{one_line(one.email or one.sid, 80)}`" for one in result.students if one.email or one.sid]
        there = f"there are {', '.join(names)}" if names else "of its students neither numbers nor addresses are known"
        return f"{_member(key)} is not applied, because it is no student of this submission: {there}"
    if len(meant) > 1:
        return f"{_member(key)} is not applied, because it could be for {len(meant)} students of this submission"
    if meant[0] in marks:
        return f"{_member(key)} is not applied, because `{one_line(marks[meant[0]].key, 80)}` is the same student"
    return ""


def _member(key: str) -> str:
    return f"`members.{one_line(key, 80)}`"
