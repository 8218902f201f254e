"""Late days: read from what platforms write, counted as the configuration says, and taken from the total where all can see it."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import msgspec
import pytest

from autograder.config import Config, LateSection
from autograder.reports.dashboard import render_dashboard
from autograder.reports.feedback import render_feedback
from autograder.reports.final import Marks, finalise, override_text
from autograder.reports.gradebook import render_gradebook
from autograder.reports.gradescope import to_gradescope
from autograder.reports.late import clock, lateness, moment
from autograder.reports.overrides import Override
from autograder.results import Outcome, Status, SubmissionResult
from tests.reports import factory

DUE = "2026-03-01T23:59:00+01:00"


def late(**more: Any) -> LateSection:
    return LateSection(**{"due": DUE, "per_day": 0.1, **more})


def config(**more: Any) -> Config:
    return factory.config().model_copy(update={"late": late(**more)})


def handed_in(at: str, name: str = "ada", *, flag: bool | None = None, **more: Any) -> SubmissionResult:
    return msgspec.structs.replace(factory.submission(name, **more), submitted_at=at, late=flag)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T22:59:00+00:00",
        "2026-03-01T22:59:00.123456+00:00",
        "2026-03-01 22:59:00.123456000 Z",
        "2026-03-01 22:59:00 UTC",
        "2026-03-01 14:59:00 -0800",
        "2026-03-01T14:59-08:00",
        "2026-03-01 17:59:00.948203 America/New_York",
    ],
)
def test_times_are_read_as_platforms_write_them(text: str) -> None:
    """Gradescope's metadata, its Ruby, and nbgrader's timestamps all name the same minute."""
    read = moment(text)
    assert read is not None
    assert (read - moment("2026-03-01T22:59:00Z")).total_seconds() < 1  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-03-01 22:59:00", "2026-02-30T10:00:00Z", "2026-03-01 22:59:00 CST", "1 Mar 2026",
     "2026-03-01T10:00:00 No/Where", "2026-03-01T10:00:00 A/../../etc", "\n" * 50, "2" * 10_000],
)  # fmt: skip
def test_a_time_that_could_mean_another_is_told_and_not_guessed(text: str) -> None:
    """No zone, an ambiguous zone, no such day: nothing is deducted, and staff read why."""
    result = handed_in(text)
    final = finalise(result, config())
    assert moment(text) is None
    assert (final.mark, final.deduction, final.days_late) == (100.0, 0.0, None)
    (problem,) = Marks(config()).problems([result])
    assert problem.submission == "ada" and "cannot be read as a time with a zone" in problem.text
    assert "cannot be read as a time" in render_dashboard([result], config()).decode()


@pytest.mark.parametrize(
    ("at", "more", "days"),
    [
        ("2026-03-01T23:58:59+01:00", {}, 0),
        ("2026-03-01T23:59:00+01:00", {}, 0),
        ("2026-03-01T23:59:01+01:00", {}, 1),
        ("2026-03-01T23:59:01Z", {}, 1),
        ("2026-03-02T23:59:00+01:00", {}, 1),
        ("2026-03-02T23:59:01+01:00", {}, 2),
        ("2026-03-02T00:59:00+01:00", {"grace_hours": 1}, 0),
        ("2026-03-02T00:59:01+01:00", {"grace_hours": 1}, 1),
        ("2026-03-03T00:59:00+01:00", {"grace_hours": 1}, 1),
    ],
)
def test_a_day_begun_counts_and_the_grace_moves_every_day(at: str, more: dict[str, Any], days: int) -> None:
    """On the second it was due is not late; one second later is a day; days are counted from the end of the grace."""
    assert lateness(handed_in(at), late(**more)).days == days


def test_a_platform_that_only_says_late_gives_the_configured_days() -> None:
    """Canvas tells no time: what it calls late counts as one day, or as many as you say; what it does not is in time."""
    assert lateness(handed_in("", flag=True), late()).days == 1
    assert lateness(handed_in("", flag=True), late(unknown_days=3, due="")).days == 3
    assert lateness(handed_in("", flag=False), late()).days == 0
    assert lateness(handed_in(""), late()).days is None
    assert lateness(handed_in("2026-02-01T00:00:00Z", flag=True), late()).days == 0  # the time says more than the word


@pytest.mark.parametrize(
    ("days", "more", "deducted"),
    [
        (1, {}, 10.0), (3, {}, 30.0), (3, {"free_days": 2}, 10.0), (2, {"free_days": 2}, 0.0), (9, {"most": 0.5}, 50.0),
        (20, {}, 100.0), (3, {"per_day": 0.0}, 0.0),
    ],
)  # fmt: skip
def test_the_deduction_is_a_share_of_what_can_be_earned_up_to_the_cap(days: int, more: dict[str, Any], deducted: float) -> None:
    """Ten percent of a hundred points are ten points a day, whatever was earned; the raw total stays, no mark is negative."""
    result = handed_in(f"2026-03-{days + 1:02}T12:00:00Z", questions=factory.partial())
    final = finalise(result, config(**more))
    assert final.days_late == days
    assert final.raw == result.score == 16.66
    assert final.deduction == deducted
    assert final.mark == max(0.0, round(16.66 - deducted, 2))


def test_what_could_not_be_judged_has_no_mark_however_late() -> None:
    """No mark is not a zero with a deduction."""
    lost = factory.submission("lost", (factory.question("linear", (factory.case(Outcome.ERRORED),)),))
    final = finalise(msgspec.structs.replace(lost, submitted_at="2026-04-01T00:00:00Z"), config())
    assert (lost.status, final.raw, final.mark, final.deduction) == (Status.ERRORED, None, None, 0.0)


def test_the_gradebook_has_raw_total_days_deduction_and_final_apart() -> None:
    """Columns right behind the total, in a class where lateness is looked at, and in no other."""
    results = [handed_in("2026-03-03T12:00:00Z"), handed_in("soon", "bob")]
    ada, bob = csv.DictReader(io.StringIO(render_gradebook(results, config())))
    assert list(ada)[2:8] == ["total", "manual_total", "days_late", "deduction", "final", "set_by_hand"]
    assert (ada["total"], ada["days_late"], ada["deduction"], ada["final"]) == ("100.00", "2", "20.00", "80.00")
    assert (bob["total"], bob["days_late"], bob["deduction"], bob["final"]) == ("100.00", "", "", "100.00")
    assert "final" not in render_gradebook(results, factory.config())


def test_the_student_reads_how_the_mark_came_about() -> None:
    """Marks by the tests, days, points deducted and by which rule, and the final mark: separate lines."""
    page = render_feedback(handed_in("2026-03-03T12:00:00Z"), config(most=0.4)).decode()
    for told in ("By the tests</dt><dd>100", "2 days", "20 points", "10 % of the most that can be earned", "at most 40 %"):
        assert told in page
    assert "Final mark</dt><dd><strong>80" in page
    assert "Deducted" not in render_feedback(handed_in("2026-03-01T12:00:00Z"), config()).decode()


def test_gradescope_does_not_deduct_twice() -> None:
    """The platform has a late policy of its own: its score has the deduction only if you say so, and then a line says why."""
    result = handed_in("2026-03-03T12:00:00Z")
    plain, deducted = (
        json.loads(to_gradescope(result, one).to_json()) for one in (config(), config(on_gradescope=True))
    )  # fmt: skip
    assert (plain["score"], deducted["score"]) == (100.0, 80.0)
    assert "Late" not in [test["name"] for test in plain["tests"]]
    (line,) = [test for test in deducted["tests"] if test["name"] == "Late"]
    assert "score" not in line and line["output"].startswith("2 days late: 20 points deducted; 10 % of")


def test_late_days_can_be_set_by_hand() -> None:
    """Somebody had longer, or a time could not be read: the days that you write count, and are shown as set by hand."""
    given = config()
    waived = finalise(handed_in("2026-03-03T12:00:00Z"), given, Override(days_late=0), "ada")
    assert (waived.days_late, waived.mark, override_text(waived, given)) == (0, 100.0, "late days: 0")
    page = render_feedback(handed_in("2026-03-03T12:00:00Z"), given, waived).decode()
    assert re.search(r"Late</dt><dd>0 days <span[^>]*set by hand", page) and "Deducted" not in page
    read = finalise(handed_in("soon"), given, Override(days_late=2), "ada")
    assert (read.mark, read.unread_time) == (80.0, "")
    (refused,) = finalise(handed_in(""), factory.config(), Override(days_late=2), "ada").not_applied
    assert "`days_late` is not applied" in refused.text


def test_missing_times_are_one_line_for_all_of_them() -> None:
    """A class graded from plain folders has no times: staff read that once, not a thousand times."""
    (problem,) = Marks(config()).problems([handed_in("", f"s{i}") for i in range(50)])
    assert "50 submissions (s0, s1, s2, ...)" in problem.text
    assert Marks(factory.config()).problems([handed_in("")]) == ()


def test_lateness_is_told_as_gradescope_does() -> None:
    """Hours, minutes and seconds; hours above 24 stay hours, and what is early is zero."""
    assert [clock(one) for one in (None, -5.0, 0.0, 61.9, 90_061.0)] == ["", "00:00:00", "00:00:00", "00:01:01", "25:01:01"]
