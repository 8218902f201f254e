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
from autograder.grading import patience as patience_module
from autograder.grading.patience import patience
from autograder.results import Status
from autograder.sandbox.lanes import Lane
from autograder.submissions import Cell, Found, surroundings
from autograder.submissions.salvage import salvage
from tests.grading.judging import config, judge, question

SOON = 8.0
"""Seconds in which a busy machine does what takes a fraction of one."""


@pytest.fixture
def started() -> float:
    """When the test began."""
    return time.process_time()


@pytest.mark.parametrize("tried", [Exception, ValueError], ids=["by whatever catches errors", "not at all"])
def test_what_takes_too_long_is_given_up(tried: type[Exception]) -> None:
    """A regular expression that goes back again and again is interrupted, also within a `try`."""
    with pytest.raises(SubmissionError, match="too long"), patience(0.2, SubmissionError("it took too long")):
        try:
            re.match(r"(?:a|a)*b", "a" * 60)
        except tried:
            pass


def test_what_is_done_in_time_is_not_disturbed() -> None:
    """Nothing is left of it afterwards."""
    with patience(0.1, SubmissionError("it took too long")):
        pass
    ends = time.process_time() + 0.3
    while time.process_time() < ends:
        pass


def test_a_submission_whose_text_takes_for_ever_is_unreadable(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in a result that says so, and staff need not look."""
    monkeypatch.setattr(patience_module, "READING", 0.2)
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


def test_a_test_that_goes_on_for_ever_with_what_it_was_given_fails(lane: Lane) -> None:
    """A length is the student's claim; a test that counts up to it here costs its own question, and the grader goes on."""
    source = "class Long:\n    def __len__(self): return 1 << 62\nlong = Long()"
    tests = "def test_counts(long):\n    for _ in range(len(long)): pass\n\ndef test_other(long):\n    assert long\n"
    settings = config(case_seconds=0.5, question_seconds=1)
    (judged,) = judge(lane, source, question(tests), settings=settings)
    counted, _ = judged.results
    assert counted.outcome == "failed" and "could not be finished" in counted.message
