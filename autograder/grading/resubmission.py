"""Decides what one more submission of a student gets: graded or not, with messages or without, by the times of earlier ones.

Only times count, as the platform tells them, and of submissions before this one. So the answer is the same whenever a
submission is graded again, whatever was handed in meanwhile.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder.config import GradescopeSection
from autograder.results import Student

METADATA = "submission_metadata.json"


class _User(msgspec.Struct, frozen=True):
    name: Any = ""
    sid: Any = ""
    email: Any = ""


class Earlier(msgspec.Struct, frozen=True):
    """An earlier submission of the same student or group, as the platform tells of it.

    Attributes:
        results: its `results.json`; the platform keeps that of the latest.
    """

    submission_time: Any = ""
    score: Any = None
    autograder_error: Any = False
    results: Any = None

    @property
    def at(self) -> datetime.datetime | None:
        """When it was handed in."""
        return _moment(self.submission_time)


class Metadata(msgspec.Struct, frozen=True):
    """What Gradescope tells of a submission beside its folder; each time in ISO format."""

    users: list[_User] = []
    created_at: str = ""
    previous_submissions: list[Earlier] = []

    @property
    def students(self) -> tuple[Student, ...]:
        """Who handed it in."""
        return tuple(Student(*(_text(value) for value in (user.name, user.sid, user.email))) for user in self.users)


@dataclass(frozen=True)
class Standing:
    """What a submission gets.

    Attributes:
        graded_before: earlier submissions of the student that were graded.
        again_at: when the next one will be graded, if this one is not.
        explained: whether messages of tests are shown.
        latest: the submission before this one.
    """

    graded_before: int = 0
    again_at: datetime.datetime | None = None
    explained: bool = True
    latest: Earlier | None = None


def read_metadata(path: Path) -> Metadata:
    """What the platform's file says; nothing if there is none, or one of no known form: no test depends on it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Metadata)
    except (OSError, msgspec.DecodeError, ValueError):
        return Metadata()


def standing(metadata: Metadata, limits: GradescopeSection) -> Standing:
    """What the submission gets. Without a time that can be read it is graded, and explained as a first one."""
    now = _moment(metadata.created_at)
    if now is None:
        return Standing()
    earlier = sorted(
        ((at, one) for one in metadata.previous_submissions if (at := one.at) is not None and at < now), key=lambda pair: pair[0]
    )
    graded: list[datetime.datetime] = []
    for at, one in earlier:
        if _again(graded, at, limits) is None and one.autograder_error is not True:  # what failed here costs nobody a try
            graded.append(at)
    explained = not limits.explained_submissions or len(graded) < limits.explained_submissions
    return Standing(len(graded), _again(graded, now, limits), explained, earlier[-1][1] if earlier else None)


def _again(graded: Sequence[datetime.datetime], at: datetime.datetime, limits: GradescopeSection) -> datetime.datetime | None:
    """From when on a submission is graded, if one at this moment is not."""
    if not limits.rate_submissions or len(graded) < limits.rate_submissions:
        return None
    free = graded[-limits.rate_submissions] + datetime.timedelta(hours=limits.rate_hours)
    return free.astimezone(at.tzinfo) if at < free else None


def _moment(text: Any) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.utcoffset() is not None else None


def _text(value: Any) -> str:
    return "" if value is None else str(value)
