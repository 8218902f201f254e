"""Whose marks a regrade changes, and why."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
from rich.console import Console

from autograder.reports.changes import changes, changes_table, write_changes
from autograder.results import Outcome, SubmissionResult
from tests.reports import factory


def _class(*tests: object, **more: object) -> SubmissionResult:
    return factory.submission("ada", (factory.question("linear", tests),), **more)  # type: ignore[arg-type]  # few of either


def _printed(found: list[object]) -> str:
    written = io.StringIO()
    Console(width=150, file=written).print(changes_table(found, factory.config()))  # type: ignore[arg-type]  # changes
    return written.getvalue()


def test_the_same_marks_are_no_change() -> None:
    """Other messages, seeds and times change nobody's marks; a rounding error does neither."""
    new = msgspec.structs.replace(factory.submission(seed=1, graded_at="later"), score=100.004)
    assert changes(factory.submission(), new) == ()


def test_a_mark_that_is_lost_comes_with_the_test_case_and_the_message() -> None:
    """Total first, then each test case with its old and its new points and what the test says."""
    old = _class(factory.case(name="test_a"), factory.case(name="test_b"))
    new = _class(factory.case(name="test_a"), factory.case(Outcome.FAILED, name="test_b"))
    total, case = changes(old, new)
    assert (total.question, total.old, total.new) == ("total", 8.0, 4.0)
    assert (case.question, case.case, case.old, case.new) == ("linear", "test_b", 4.0, 0.0)
    assert case.why == "failed: Look at the shapes."
    back = changes(new, old)[1]
    assert (back.old, back.new, back.why) == (0.0, 4.0, "passes now; it had failed: Look at the shapes.")


def test_tests_that_are_new_gone_or_worth_something_else_are_told() -> None:
    """What the instructor changed is the reason, not the student's work."""
    old = _class(factory.case(name="test_a"), factory.case(name="test_gone"))
    new = _class(factory.case(name="test_a", points=6.0), factory.case(name="test_new"))
    told = {one.case: (one.old, one.new, one.why) for one in changes(old, new) if one.case}
    assert told == {
        "test_a": (4.0, 6.0, "worth 6, was 4"),
        "test_gone": (4.0, None, "there is no such test any more"),
        "test_new": (None, 4.0, "a new test: passed"),
    }


def test_another_status_is_a_change() -> None:
    """A submission that can be read now, or that the grader fails on now, is never passed over."""
    told = changes(factory.unreadable("ada"), factory.submission("ada"))[0]
    assert (told.question, told.why) == ("status", "was unreadable, is graded")
    broken = _class(factory.case(Outcome.ERRORED, detail="Traceback\nMemoryError: no"))
    found = changes(_class(factory.case()), broken)
    assert found[0].why.startswith("was graded, is errored") and found[-1].why == "errored: MemoryError: no"


def test_the_file_holds_every_change_and_no_formula(tmp_path: Path) -> None:
    """One row a change, with the columns that the table has."""
    old, new = _class(factory.case()), _class(factory.case(Outcome.FAILED, message="=1+1"))
    odd = [msgspec.structs.replace(one, submission="=ada") for one in changes(old, new)]
    rows = list(csv.DictReader(io.StringIO(write_changes(odd, tmp_path, factory.config()).read_text())))
    assert [tuple(row.values()) for row in rows] == [
        ("'=ada", "total", "", "4.00", "0.00", ""),
        ("'=ada", "linear", "test_it", "4.00", "0.00", "failed: =1+1"),
    ]


def test_many_changes_are_summed_up_by_test_case() -> None:
    """A terminal shows a few dozen one by one; of a whole class, how many gain and how many lose by each test case."""
    old, new = _class(factory.case()), _class(factory.case(Outcome.FAILED))
    few = _printed(list(changes(old, new)))
    assert "linear/test_it" in few and "failed: Look at the shapes." in few
    many = _printed([msgspec.structs.replace(one, submission=f"s{i}") for i in range(100) for one in changes(old, new)])
    row = next(line for line in many.splitlines() if "linear/test_it" in line)
    assert row.split()[1:3] == ["0", "100"] and len(many.splitlines()) < 10
