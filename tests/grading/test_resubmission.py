"""What one more submission gets follows from the times of earlier ones, the same whenever it is graded again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.config import GradescopeSection
from autograder.grading.resubmission import Metadata, Standing, read_metadata, standing


def told(tmp_path: Path, now: int | str, *earlier: int | tuple[int, dict[str, Any]]) -> Metadata:
    """Metadata of a submission at this minute of a day, and of earlier ones."""

    def at(minute: int) -> str:
        return f"2026-03-01T{minute // 60:02}:{minute % 60:02}:00.123456-08:00"

    pairs = [one if isinstance(one, tuple) else (one, {}) for one in earlier]
    content = {
        "id": 5,
        "created_at": at(now) if isinstance(now, int) else now,
        "users": [{"id": 1, "name": "Ada", "email": "ada@example.edu"}],
        "previous_submissions": [{"submission_time": at(minute), "score": "3.0", **more} for minute, more in pairs],
    }
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(content))
    return read_metadata(path)


def limited(**limits: Any) -> GradescopeSection:
    return GradescopeSection(**{"rate_submissions": 2, "rate_hours": 1, **limits})


def test_the_third_in_an_hour_waits_until_the_first_is_an_hour_old(tmp_path: Path) -> None:
    """Two an hour are graded; the third is told when, to the second, in its own zone; and from then on it is graded."""
    wait = standing(told(tmp_path, 50, 0, 20), limited())
    assert wait.again_at is not None and wait.again_at.isoformat() == "2026-03-01T01:00:00.123456-08:00"
    assert standing(told(tmp_path, 60, 0, 20), limited()).again_at is None
    assert standing(told(tmp_path, 10, 0), limited()).again_at is None


def test_what_was_not_graded_counts_as_no_try(tmp_path: Path) -> None:
    """Who keeps trying is not locked out for longer, and what failed on the platform's side costs no try."""
    assert standing(told(tmp_path, 61, 0, 20, 30, 40, 50), limited()).again_at is None
    assert standing(told(tmp_path, 50, 0, (20, {"autograder_error": True})), limited()).again_at is None


def test_a_rerun_is_not_told_apart_by_what_came_later(tmp_path: Path) -> None:
    """Submissions after this one, which the platform tells of when it is graded again, change nothing."""
    first = standing(told(tmp_path, 30, 10), limited())
    assert standing(told(tmp_path, 30, 10, 30, 31, 45, 59), limited()) == first and first.again_at is None


def test_the_first_are_explained(tmp_path: Path) -> None:
    """So many graded submissions get messages; by default all do."""
    limits = limited(rate_submissions=0, explained_submissions=2)
    assert standing(told(tmp_path, 50, 0), limits).explained
    assert not standing(told(tmp_path, 50, 0, 20), limits).explained
    assert standing(told(tmp_path, 50, *range(40)), GradescopeSection()) == Standing(40, None, True, told(
        tmp_path, 50, *range(40)).previous_submissions[-1])  # fmt: skip


@pytest.mark.parametrize("now", ["", "yesterday", "2026-03-01T00:50:00"])
def test_without_a_time_that_can_be_read_it_is_graded(tmp_path: Path, now: str) -> None:
    """A platform that changes its form costs nobody their marks."""
    assert standing(told(tmp_path, now, 0, 20), limited()).again_at is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"previous_submissions": 3}', b'{"created_at": 7}', b"\xff"])
def test_metadata_of_no_known_form_is_none(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, grading goes on."""
    path = tmp_path / "submission_metadata.json"
    path.write_bytes(content)
    assert read_metadata(path) == Metadata() == read_metadata(tmp_path / "none")
