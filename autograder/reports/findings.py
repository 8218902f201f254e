"""Finds what a class has in common: results in, the mistakes and notes met with the submissions behind each, and the slowest."""

from __future__ import annotations

import heapq
import re
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from autograder.reports.condensed import DIAGNOSIS, case_times, remarks
from autograder.reports.judged import Judged
from autograder.reports.text import one_line
from autograder.results import Outcome, QuestionResult, SubmissionResult, TestResult

SLOWEST: Final = 20
NAMED: Final = 200
"""Submissions that are named behind a mistake or a note; of more, their number."""
KINDS: Final = 100
"""Mistakes and kinds of notes that are listed, the most frequent first."""
REPAIRED: Final = 500
"""Submissions with notes that are listed one by one."""
_NAME: Final = re.compile(r"`([^`]+)`")
_OWN: Final = re.compile(r"\d+|'[^']*'|\"[^\"]*\"|`[^`]*`")
"""What tells one note of a kind from another: numbers and names."""

Link = Callable[[SubmissionResult], str]


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """Something that several submissions share.

    Attributes:
        title: its name, or an example of its text.
        text: more about it.
        count: of submissions; `who` are the first of them, with their links.
    """

    title: str
    text: str
    question: str
    count: int
    who: tuple[tuple[str, str], ...]


class Slow(msgspec.Struct, frozen=True, kw_only=True):
    """A slow submission: seconds in all, and the question on which most of the judging went."""

    name: str
    link: str
    seconds: float
    question: str
    question_seconds: float


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that was repaired, or read in another way than as it was handed in, and how."""

    name: str
    link: str
    notes: tuple[str, ...]


def mistake_names(result: SubmissionResult) -> tuple[str, ...]:
    """The known mistakes that were recognised in a submission: their names, or where there is none what shows them."""
    return tuple(dict.fromkeys(name for question in result.questions for name, _ in _mistakes(question)))


def mistakes(results: Iterable[SubmissionResult], link: Link) -> tuple[Behind, ...]:
    """The mistakes that were recognised, the most frequent first."""
    return _counted(
        results, lambda result: [(q.name, name, hint) for q in result.questions if q.tests for name, hint in _mistakes(q)], link
    )


def _mistakes(question: QuestionResult) -> list[tuple[str, str]]:
    if question.outcome is Outcome.PASSED:
        return []
    return [(_mistake_name(test), one_line(test.hint, 500)) for test in question.tests if test.hint]


def _mistake_name(test: TestResult) -> str:
    """What the last line of a test's detail calls the mistake; a hint without one is known by its pattern of values."""
    lines = [line for line in (test.detail or "").splitlines() if line.startswith(DIAGNOSIS)]
    named = _NAME.search(lines[-1]) if lines else None
    return one_line(named[1] if named else "by its pattern of values")


def note_kinds(results: Iterable[SubmissionResult], link: Link) -> tuple[Behind, ...]:
    """The notes on submissions and cells by kind, the most frequent first: what differs in numbers and names only is one kind."""
    return _counted(results, lambda result: [("", _OWN.sub("…", note), "") for note in remarks(result)], link)


def _counted(
    results: Iterable[SubmissionResult], found_in: Callable[[SubmissionResult], Iterable[tuple[str, str, str]]], link: Link
) -> tuple[Behind, ...]:
    behind: dict[tuple[str, str, str], list[SubmissionResult]] = {}
    for result in results:
        for key in dict.fromkeys(found_in(result)):
            behind.setdefault(key, []).append(result)
    most = heapq.nsmallest(KINDS, behind.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(
        Behind(
            title=title,
            text=text,
            question=one_line(question),
            count=len(who),
            who=tuple((one_line(result.name), link(result)) for result in who[:NAMED]),
        )
        for (question, title, text), who in most
    )


def noted(results: Sequence[SubmissionResult], link: Link) -> tuple[tuple[Noted, ...], int]:
    """The first submissions with notes, and how many there are in all."""
    found = [(result, notes) for result in results if (notes := remarks(result))]
    listed = tuple(Noted(name=one_line(result.name), link=link(result), notes=notes) for result, notes in found[:REPAIRED])
    return listed, len(found)


def slowest(grid: Judged, link: Link) -> tuple[Slow, ...]:
    """The submissions that took longest, the slowest first."""
    found = []
    for result in heapq.nsmallest(SLOWEST, grid.results, key=lambda one: (-one.seconds, one.name)):
        packed = case_times(result)
        times = iter(struct.unpack(f"<{len(packed) // 2}e", packed))
        spent = [(sum(next(times, 0.0) for _ in question.tests), question.name) for question in result.questions]
        seconds, name = max(spent, default=(0.0, ""))
        found.append(
            Slow(
                name=one_line(result.name),
                link=link(result),
                seconds=result.seconds,
                question=one_line(name),
                question_seconds=seconds,
            )
        )
    return tuple(found)
