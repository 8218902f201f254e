"""Computes what a submission gets in the end: its result, the configuration and what was set by hand in, final marks out.

Raw marks are never changed. What was set by hand comes first, then the deduction for lateness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from autograder.config import Config
from autograder.reports.late import Lateness, deduction, lateness
from autograder.reports.members import MemberMark, NotApplied, members_of
from autograder.reports.overrides import Identity, Matched, Override, Problem, match, read_overrides
from autograder.reports.summary import has_total
from autograder.reports.text import count, number, one_line, points
from autograder.results import Outcome, QuestionResult, Student, SubmissionResult

__all__ = ["FinalMark", "Identity", "ManualMark", "Marks", "Problem", "finalise", "match", "read_overrides"]

NO_OVERRIDES = Matched()


class ManualMark(msgspec.Struct, frozen=True, kw_only=True):
    """Points of a question or a test case that were set by hand.

    Attributes:
        case: empty for the whole question.
        raw: what the tests gave; None if they could not judge it.
    """

    question: str
    case: str = ""
    raw: float | None
    points: float


class FinalMark(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission gets in the end.

    Attributes:
        raw: total by the tests; None if the grader could not judge any question.
        manual: total with what was set by hand; None if nothing was.
        days_late: None if it is not known, or nobody asked.
        days_by_hand: whether that was set by hand.
        seconds_late: after it was due; None if that is not known.
        deduction: for lateness, in points, before the final mark is kept from falling below zero.
        mark: in the end; None if there is no total.
        questions: points of questions that were set by hand, or hold a test case that was.
        set_by_hand: all that was.
        adjustment: of the total, by hand.
        key: of the override in its file; empty for none.
        comment: for the student.
        reason: for staff, never on a student's page.
        members: those of its students for whom something was set alone.
        not_applied: what of the override is not, and why, for staff.
        unread_time: why nobody knows whether it is late, for staff; empty where nothing is wrong.
    """

    raw: float | None
    mark: float | None
    manual: float | None = None
    days_late: int | None = None
    days_by_hand: bool = False
    seconds_late: float | None = None
    deduction: float = 0.0
    questions: dict[str, ManualMark] = {}
    set_by_hand: tuple[ManualMark, ...] = ()
    adjustment: float = 0.0
    key: str = ""
    comment: str = ""
    reason: str = ""
    members: tuple[MemberMark, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    unread_time: str = ""

    @property
    def before_deduction(self) -> float | None:
        """The total without what lateness costs."""
        return self.raw if self.manual is None else self.manual

    def of(self, student: Student) -> FinalMark:
        """The mark of one of the students: the submission's, unless something was set for this one alone."""
        own = next((one for one in self.members if one.student == student), None)
        if own is None:
            return msgspec.structs.replace(self, members=()) if self.members else self
        return msgspec.structs.replace(
            self,
            manual=own.manual if own.adjustment else self.manual,
            mark=own.mark,
            adjustment=self.adjustment + own.adjustment,
            members=(),
            comment="\n".join(filter(None, (self.comment, own.comment))),
            reason="\n".join(filter(None, (self.reason, own.reason))),
        )

    def cases(self, question: str) -> dict[str, float]:
        """Test case -> points that were set by hand, of one question."""
        return {one.case: one.points for one in self.set_by_hand if one.case and one.question == question}


class Marks:
    """The final marks of a class.

    Attributes:
        config: of the assignment.
        matched: which override is for which submission.
    """

    def __init__(self, config: Config, matched: Matched = NO_OVERRIDES):
        self.config, self.matched = config, matched

    @property
    def differ(self) -> bool:
        """Whether a final mark may be another than the raw total, so that both are to be shown."""
        return self.config.late.applies or bool(self.matched.found)

    def of(self, result: SubmissionResult) -> FinalMark:
        """The final mark of one submission."""
        key, override = self.matched.found.get(result.name, ("", None))
        return finalise(result, self.config, override, key)

    def problems(self, results: Sequence[SubmissionResult]) -> tuple[Problem, ...]:
        """What staff must look at: overrides that are not applied, times that cannot be read; one line for missing times."""
        found = list(self.matched.problems)
        late = self.config.late
        unknown: list[str] = []
        for result in results if self.differ else ():
            if not late.applies and result.name not in self.matched.found:
                continue
            final = self.of(result)
            for one in final.not_applied:
                found.append(Problem(result.name, f"{self.matched.place(final.key, *one.keys)}: {one.text}"))
            if final.unread_time:
                found.append(Problem(result.name, final.unread_time))
            elif late.applies and final.days_late is None:
                unknown.append(result.name)
        if unknown:
            text = f"nothing tells whether they are late, so nothing is deducted: {count(len(unknown), 'submission')}"
            more = ", ..." if len(unknown) > 3 else ""
            found.append(Problem("", f"{text} ({', '.join(one_line(name, 60) for name in unknown[:3])}{more})"))
        return tuple(found)


def finalise(result: SubmissionResult, config: Config, override: Override | None = None, key: str = "") -> FinalMark:
    """The final mark of a submission, with an override that is meant for it."""
    raw = result.score if has_total(result) else None
    if override is None and not config.late.applies:
        return FinalMark(raw=raw, mark=raw)
    late = lateness(result, config.late) if config.late.applies else Lateness()
    by_hand = override.days_late if override is not None and config.late.applies else None
    if by_hand is not None:
        late = Lateness(days=by_hand, seconds=late.seconds)
    applied = _apply(result, override, config) if override is not None else _Applied()
    manual = _manual_total(result, raw, applied, override, config)
    total = raw if manual is None else manual
    cost = deduction(late.days, result.max_score, config.late, config.scoring.decimals) if total is not None else 0.0
    adjustment = override.adjustment if override is not None and manual is not None else 0.0
    not_applied = [*applied.problems]
    if override is not None and override.adjustment and manual is None:
        text = "`adjustment` is not applied, because the grader gave no mark; set the points of the questions"
        not_applied.append(NotApplied(("adjustment",), text))
    if override is not None and override.days_late is not None and by_hand is None:
        text = "`days_late` is not applied, because nothing is asked of lateness in the configuration (`late`)"
        not_applied.append(NotApplied(("days_late",), text))
    members, strangers = members_of(result, override, total, config, lambda own: _after(own, cost, config))
    return FinalMark(
        raw=raw,
        manual=manual,
        days_late=late.days,
        days_by_hand=by_hand is not None,
        seconds_late=late.seconds,
        deduction=cost,
        mark=_after(total, cost, config),
        questions={one.question: one for one in applied.questions},
        set_by_hand=applied.marks,
        adjustment=adjustment,
        key=key,
        comment=override.comment if override is not None else "",
        reason=override.reason if override is not None else "",
        members=members,
        not_applied=(*not_applied, *strangers),
        unread_time=late.problem,
    )


def _after(total: float | None, cost: float, config: Config) -> float | None:
    return None if total is None else _rounded(max(0.0, total - cost) if cost else total, config)


class _Applied(msgspec.Struct, frozen=True):
    """What of an override could be applied to a result: marks as they were set, the questions that they change."""

    marks: tuple[ManualMark, ...] = ()
    questions: tuple[ManualMark, ...] = ()
    problems: tuple[NotApplied, ...] = ()


def _apply(result: SubmissionResult, override: Override, config: Config) -> _Applied:
    asked = {question.name: question for question in result.questions}
    marks: list[ManualMark] = []
    changed: dict[str, ManualMark] = {}
    problems: list[NotApplied] = []
    for name, given in override.questions.items():
        question = asked.get(name)
        if question is None:
            text = f"`questions.{one_line(name, 80)}` is not applied: {_no_question(asked)}"
            problems.append(NotApplied(("questions", name), text))
        elif given > question.max_score:
            problems.append(_too_much(("questions", name), question.max_score, config))
        else:
            changed[name] = ManualMark(question=name, raw=_raw(question), points=given)
            marks.append(changed[name])
    for path, given in override.tests.items():
        name, _, case = path.partition("/")
        question = asked.get(name)
        test = next((test for test in question.tests if test.case == case), None) if question is not None else None
        if question is None or test is None:
            why = _no_question(asked) if question is None else f"`{name}` has no such test"
            problems.append(NotApplied(("tests", path), f"`tests.{one_line(path, 80)}` is not applied: {why}"))
        elif given > test.max_points:
            problems.append(_too_much(("tests", path), test.max_points, config))
        else:
            raw = None if test.outcome is Outcome.ERRORED else test.points
            marks.append(ManualMark(question=name, case=case, raw=raw, points=given))
            before = changed[name].points if name in changed else question.score
            changed[name] = ManualMark(question=name, raw=_raw(question), points=_rounded(before + given - test.points, config))
    return _Applied(tuple(marks), tuple(changed.values()), tuple(problems))


def _manual_total(
    result: SubmissionResult, raw: float | None, applied: _Applied, override: Override | None, config: Config
) -> float | None:
    """None if nothing was set by hand. An adjustment alone makes no mark of a submission that has none."""
    if override is None or not (applied.questions or (override.adjustment and raw is not None)):
        return None
    scores = {question.name: question.score for question in result.questions}
    gained = sum(one.points - scores[one.question] for one in applied.questions)
    return max(0.0, _rounded(result.score + gained + override.adjustment, config))


def _raw(question: QuestionResult) -> float | None:
    return None if question.outcome is Outcome.ERRORED else question.score


def _no_question(asked: Iterable[str]) -> str:
    return f"there is no such question; there are {', '.join(f'`{one_line(name, 40)}`' for name in asked) or 'none'}"


def _too_much(keys: tuple[str, str], most: float, config: Config) -> NotApplied:
    worth = f"it can be worth {number(most, config.scoring.decimals)} at most"
    return NotApplied(keys, f"`{one_line('.'.join(keys), 80)}` is not applied: {worth}; use `adjustment` for more")


def _rounded(value: float, config: Config) -> float:
    return round(value, config.scoring.decimals)


def override_text(final: FinalMark, config: Config, *, for_students: bool = False) -> str:
    """What was set by hand, on one line: `linear: 12 instead of 9; total: +2`.

    For students it names no test case, as it may be a hidden one, but what becomes of its question.
    """
    decimals = config.scoring.decimals

    def told(one: ManualMark) -> str:
        place = f"{one.question}/{one.case}" if one.case else one.question
        was = "no mark" if one.raw is None else number(one.raw, decimals)
        return f"{one_line(place, 120)}: {number(one.points, decimals)} instead of {was}"

    parts = [told(one) for one in (final.questions.values() if for_students else final.set_by_hand)]
    if final.adjustment:
        parts.append(f"total: {_signed(final.adjustment, decimals)}")
    for one in () if for_students else final.members:
        parts.append(f"total of {one_line(one.key, 120)}: {_signed(one.adjustment, decimals) if one.adjustment else 'comment'}")
    if final.days_by_hand:
        parts.append(f"late days: {final.days_late}")
    return "; ".join(parts)


def _signed(value: float, decimals: int) -> str:
    return f"{'+' if value > 0 else '−'}{number(abs(value), decimals)}"


def late_text(final: FinalMark, config: Config) -> str:
    """What lateness costs, on one line; empty if nothing is late or nobody asked."""
    if not final.days_late:
        return ""
    cost = f"{points(final.deduction, config.scoring.decimals)} deducted" if final.deduction else "nothing deducted"
    return f"{count(final.days_late, 'day')} late: {cost}"
