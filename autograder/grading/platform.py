"""Grades the one submission that a platform has put into a folder, whatever is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from autograder.grading import seeds
from autograder.grading.grade import Grader, grade_submission
from autograder.results import Student, SubmissionResult
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found
from autograder.submissions.found import as_text

METADATA = "submission_metadata.json"


class _User(msgspec.Struct, frozen=True):
    name: Any = ""
    sid: Any = ""
    email: Any = ""


class _Metadata(msgspec.Struct, frozen=True):
    """What Gradescope says of a submission beside its folder; each time in ISO format."""

    users: list[_User] = []
    created_at: str = ""


def grade_folder(grader: Grader, folder: Path, lane: Lane) -> SubmissionResult:
    """The result for what lies in `folder`: all of it is one submission. Without a notebook it is unreadable."""
    metadata = _metadata(folder.resolve().parent / METADATA)
    students = tuple(Student(*(_text(value) for value in (user.name, user.sid, user.email))) for user in metadata.users)
    found = Found("submission", as_text(folder), students=students, submitted_at=metadata.created_at)
    return grade_submission(grader, found, lane, seeds.fresh())


def _metadata(path: Path) -> _Metadata:
    """Nothing if there is none, or another than is known: a grade does not depend on it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Metadata)
    except (OSError, msgspec.DecodeError, ValueError):
        return _Metadata()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
