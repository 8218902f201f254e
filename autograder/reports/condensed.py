"""Condenses results to what the overviews need; what is equal in many of them is held once, so that a hundred thousand fit."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from autograder.reports.text import LIMIT, one_line
from autograder.results import Layer, Outcome, QuestionResult, Status, Student, SubmissionResult, TestResult, Violation

_ID = 16
"""Hexadecimal digits of a piece's name."""
DIAGNOSIS: Final = "Diagnosis: "
"""How the line begins in which a test's detail says what its hint is from."""
_REMARKS: Final = 12
_LONGEST_REMARK: Final = 200
_MOST_SECONDS: Final = 65_504.0
"""The largest number of half precision."""


class Condensed(SubmissionResult, frozen=True, kw_only=True):
    """What is left of a result for the overviews.

    Attributes:
        times: `case_times` of the whole result.
        remarks: `remarks` of the whole result.
    """

    times: bytes = b""
    remarks: tuple[str, ...] = ()


def case_times(result: SubmissionResult) -> bytes:
    """Seconds of each test case, in the order of questions and tests, as little-endian numbers of half precision.

    That is two bytes a case, and exact to one part in two thousand.
    """
    if isinstance(result, Condensed):
        return result.times
    seconds = [min(max(test.seconds, 0.0), _MOST_SECONDS) for question in result.questions for test in question.tests]
    return struct.pack(f"<{len(seconds)}e", *seconds)


def remarks(result: SubmissionResult) -> tuple[str, ...]:
    """The first notes on a submission and on its cells, one line each: what was repaired, chosen or left aside."""
    if isinstance(result, Condensed):
        return result.remarks
    found = dict.fromkeys((*result.notes, *(note for cell in result.cells for note in cell.notes)))
    return tuple(one_line(note, _LONGEST_REMARK) for note in list(found)[:_REMARKS])


class Setting(msgspec.Struct, frozen=True, omit_defaults=True):
    """What most results of a run have in common."""

    bundle: str
    max_score: float
    versions: dict[str, str] = {}
    confinement: tuple[Layer, ...] = ()


class Piece(msgspec.Struct, frozen=True, tag="piece", omit_defaults=True):
    """A part that many results share, under a name that follows from its content."""

    id: str
    question: QuestionResult | None = None
    setting: Setting | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condensed result: what is its own, and the names of the pieces that it shares.

    Attributes:
        metrics: (position of the question, of the test in it, what the test reported).
        times, remarks: as `Condensed` has them.
    """

    name: str
    source: str
    status: Status
    score: float
    setting: str
    questions: tuple[str, ...]
    metrics: tuple[tuple[int, int, dict[str, float]], ...] = ()
    notes: tuple[str, ...] = ()
    seed: int = 0
    digest: str = ""
    seconds: float = 0.0
    core_seconds: float = 0.0
    detail: str | None = None
    graded_at: str = ""
    members: tuple[str, ...] = ()
    students: tuple[Student, ...] = ()
    submitted_at: str = ""
    late: bool | None = None
    times: bytes = b""
    remarks: tuple[str, ...] = ()


class Condenser:
    """Takes results apart into rows and pieces, and puts them together again so that equal questions are one object."""

    def __init__(self) -> None:
        self._questions: dict[str, QuestionResult] = {}
        self._settings: dict[str, Setting] = {}

    def take_apart(self, result: SubmissionResult) -> tuple[Row, tuple[Piece, ...]]:
        """The row of a result, and its pieces.

        What cells printed, messages, and traces of failures that are the student's are left out; of the latter the line stays
        that says where a hint is from.
        """
        setting = Setting(result.bundle, result.max_score, result.versions, result.confinement)
        pieces = [Piece(_name(setting), setting=setting)]
        for question in map(_bare, result.questions):
            pieces.append(Piece(_name(question), question=question))
        metrics = tuple(
            (at, place, test.metrics)
            for at, question in enumerate(result.questions)
            for place, test in enumerate(question.tests)
            if test.metrics
        )
        told = result.status is not Status.GRADED
        row = Row(
            name=result.name, source=result.source, status=result.status, score=result.score, setting=pieces[0].id,
            questions=tuple(piece.id for piece in pieces[1:]), metrics=metrics, notes=result.notes if told else (),
            seed=result.seed, digest=result.digest, seconds=result.seconds, core_seconds=result.core_seconds,
            detail=_end(result.detail) if told else None, graded_at=result.graded_at, members=result.members,
            students=result.students, submitted_at=result.submitted_at, late=result.late, times=case_times(result),
            remarks=remarks(result),
        )  # fmt: skip
        return row, tuple(pieces)

    def learn(self, piece: Piece) -> bool:
        """Know a piece from now on; whether it is new."""
        if piece.id in self._questions or piece.id in self._settings:
            return False
        if piece.question is not None:
            self._questions[piece.id] = piece.question
        if piece.setting is not None:
            self._settings[piece.id] = piece.setting
        return True

    def pieces_of(self, rows: Iterable[Row]) -> Iterator[Piece]:
        """The pieces that these rows share, each once."""
        rows = list(rows)
        for name in dict.fromkeys(row.setting for row in rows):
            yield Piece(name, setting=self._settings[name])
        for name in dict.fromkeys(name for row in rows for name in row.questions):
            yield Piece(name, question=self._questions[name])

    def knows(self, row: Row) -> bool:
        """Whether all pieces of a row are there."""
        return row.setting in self._settings and all(name in self._questions for name in row.questions)

    def result(self, row: Row, *, whole: bool = True) -> Condensed:
        """The condensed result, without questions if it need not be `whole`. Raises KeyError if a piece of it is not known."""
        setting = self._settings[row.setting]
        questions = [self._questions[name] for name in row.questions] if whole else []
        for at, place, metrics in row.metrics if whole else ():
            tests = list(questions[at].tests)
            tests[place] = msgspec.structs.replace(tests[place], metrics=metrics)
            questions[at] = msgspec.structs.replace(questions[at], tests=tuple(tests))
        return Condensed(
            name=row.name, source=row.source, status=row.status, score=row.score, max_score=setting.max_score,
            questions=tuple(questions), notes=row.notes, seed=row.seed, digest=row.digest, bundle=setting.bundle,
            versions=setting.versions, confinement=setting.confinement, seconds=row.seconds, core_seconds=row.core_seconds,
            detail=row.detail, graded_at=row.graded_at, members=row.members, students=row.students,
            submitted_at=row.submitted_at, late=row.late, times=row.times, remarks=row.remarks,
        )  # fmt: skip


def _name(thing: QuestionResult | Setting) -> str:
    content = msgspec.json.encode(thing, order="deterministic")
    return hashlib.sha256(type(thing).__name__.encode() + content).hexdigest()[:_ID]


def _end(trace: str | None) -> str | None:
    return trace[-LIMIT:] if trace else trace


def _bare(question: QuestionResult) -> QuestionResult:
    """A question without what is a submission's own, so that many are equal. Of violations only their number is kept."""
    violations = tuple(Violation(rule=one.rule, thing="", found=one.found) for one in question.violations)
    tests = tuple(map(_bare_test, question.tests))
    return msgspec.structs.replace(question, tests=tests, violations=violations, cells=(), notes=())


def _bare_test(test: TestResult) -> TestResult:
    errored = test.outcome is Outcome.ERRORED
    detail = _end(test.detail) if errored else _diagnosis(test.detail) if test.hint else None
    return TestResult(
        case=test.case, title=test.title, outcome=test.outcome, points=test.points, max_points=test.max_points,
        hidden=test.hidden, message=test.message if errored else "", detail=detail, hint=test.hint,
        follow_through=test.follow_through,
    )  # fmt: skip


def _diagnosis(detail: str | None) -> str | None:
    lines = [line for line in (detail or "").splitlines() if line.startswith(DIAGNOSIS)]
    return lines[-1] if lines else None
