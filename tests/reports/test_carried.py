"""A submission that was not graded, or not to its end, shows what there is, and says so."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from autograder.config import Config
from autograder.reports.carried import not_graded, unfinished
from autograder.reports.gradescope import to_gradescope
from tests.reports import factory
from tests.reports.schema import read

AGAIN = datetime.datetime.fromisoformat("2026-03-02T10:00:00+01:00")


def config(**limits: Any) -> Config:
    made = factory.config()
    section = made.gradescope.model_copy(update={"rate_submissions": 2, "rate_hours": 12, **limits})
    return made.model_copy(update={"gradescope": section})


def test_who_comes_too_soon_keeps_the_marks_of_before() -> None:
    """Score, entries and their visibility are those of the submission before, and a line says when the next is graded."""
    before = read(to_gradescope(factory.submission(score=63.5), config()).to_json())
    shown = read(not_graded(AGAIN, config(), results=before, score="63.5").to_json())
    assert shown["score"] == 63.5 and shown["tests"][1:] == before["tests"]
    assert "2 submissions in 12 hours" in shown["output"] and "2026-03-02 10:00 (UTC+0100)" in shown["output"]
    assert shown["tests"][0]["output"] == shown["output"] and shown["extra_data"]["status"] == "not graded"
    again = read(not_graded(AGAIN, config(), results=shown).to_json())
    assert again["tests"] == shown["tests"]  # the line is said once, however often somebody comes too soon


@pytest.mark.parametrize("results", [None, "{}", [], {"tests": [{"name": 7}]}, {"tests": [3]}, {"score": "NaN"}, {"score": None}])
def test_what_the_platform_tells_of_before_may_be_anything(results: Any) -> None:
    """What is in no known form is left out, and the marks that the platform has itself are used."""
    assert read(not_graded(AGAIN, config(), results=results, score="12.5").to_json())["score"] == 12.5
    shown = read(not_graded(AGAIN, config(), results=results).to_json())
    assert shown["score"] == 0 and "no earlier marks" in shown["output"]


def test_half_a_grading_is_not_taken_for_a_whole_one() -> None:
    """It is in the platform's form, says that it did not finish, and has no place on the leaderboard."""
    shown = read(unfinished(factory.submission(), config(leaderboard=True)).to_json())
    assert "did not finish" in shown["output"] and shown["extra_data"]["status"] == "unfinished" and "leaderboard" not in shown


def test_behind_the_limit_on_feedback_there_are_verdicts_and_points_only() -> None:
    """No message, value, hint or help of a test is in what Gradescope shows; marks are the same."""
    result = factory.submission(questions=factory.partial())
    told, untold = (read(to_gradescope(result, config(), explained=explained).to_json()) for explained in (True, False))
    assert any(test.get("output") for test in told["tests"] if "tags" in test)
    assert not any(test.get("output") for test in untold["tests"] if "tags" in test)
    assert [test.get("score") for test in told["tests"] if "tags" in test] == [
        test.get("score") for test in untold["tests"] if "tags" in test
    ]
    assert "Only verdicts and points" in [test["name"] for test in untold["tests"]]
