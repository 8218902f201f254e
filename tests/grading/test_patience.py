"""Work on what was handed in ends, however its text is made."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from autograder.assignment import Assignment
from autograder.checks.display import displayed
from autograder.errors import CheckFailure, SubmissionError
from autograder.grading import grade
from autograder.grading.patience import patience
from autograder.results import Status
from autograder.sandbox.lanes import Lane
from autograder.submissions import Cell, Found, surroundings
from autograder.submissions.salvage import salvage
from tests.grading.judging import config

SOON = 8.0
"""Seconds in which a busy machine does what takes a fraction of one."""


@pytest.fixture
def started() -> float:
    """When the test began."""
    return time.process_time()


@pytest.mark.parametrize("tried", [Exception, ValueError], ids=["by whatever catches errors", "not at all"])
def test_what_takes_too_long_is_given_up(tried: type[Exception]) -> None:
    """A regular expression that goes back again and again is interrupted, also within a `try`; a sentence says when."""
    with pytest.raises(SubmissionError, match=r"given up after 0\.2 s"), patience(0.2):
        try:
            re.match(r"(?:a|a)*b", "a" * 60)
        except tried:
            pass


def test_what_is_done_in_time_is_not_disturbed() -> None:
    """Nothing is left of it afterwards."""
    with patience(0.1):
        pass
    ends = time.process_time() + 0.3
    while time.process_time() < ends:
        pass


def test_a_submission_whose_text_takes_for_ever_is_unreadable(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in a result that says so, and staff need not look."""
    monkeypatch.setattr(grade, "READING", 0.2)
    monkeypatch.setattr(grade, "read_submission", lambda found, outline: re.match(r"(?:a|a)*b", "a" * 60))
    assignment = Assignment(
        name="small", title="Small", questions=(), outline=(), complete=(), template=(), solution_digest="", versions={}
    )
    grader = grade.Grader(assignment, config(), (), {}, "")
    result = grade.grade_submission(grader, Found("hangs", str(tmp_path / "hangs.ipynb")), lane, 1)
    assert result.status is Status.UNREADABLE and "takes too long" in result.notes[0]


@pytest.mark.parametrize("command", ["!" + "python" * 100_000, "import subprocess\nsubprocess.run('" + "python" * 100_000 + "')"])
def test_a_command_without_end_is_told_at_once(command: str, started: float) -> None:
    """What it does is told by how it begins."""
    assert surroundings([Cell(number=1, index=0, source=command)])
    assert time.process_time() - started < SOON


def test_thousands_of_lines_that_do_not_parse_are_taken_out_in_seconds(started: float) -> None:
    """Each could be the beginning of a statement of many lines; so many tries are made, and no more."""
    left = salvage("a  = \n" * 10_000)
    assert left is not None and len(left.losses) == 10_000
    assert time.process_time() - started < SOON


def test_a_text_full_of_beginnings_is_compared_in_no_time(started: float) -> None:
    """What student code shows may look like numbers of NumPy, tens of thousands of them that never end."""
    with pytest.raises(CheckFailure), displayed("4\n", "f(2)") as display:
        display("np.float64(" * 90_000)
    assert time.process_time() - started < SOON
