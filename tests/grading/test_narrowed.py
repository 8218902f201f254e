"""A grader narrowed to some questions: it judges these, and runs no more of a notebook than they need."""

from __future__ import annotations

from pathlib import Path

from autograder.assignment import Assignment, CellOutline
from autograder.grading.grade import Grader, grade_submission
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found
from autograder.variants import notebook
from tests.grading.judging import config, question

ONE = "def test_one(a):\n    assert a == 1\ndef test_more(a):\n    assert a > 0\n"
TWO = "def test_two(b):\n    assert b == 2\n"


def _grader() -> Grader:
    questions = (question(ONE, name="one"), question(TWO, name="two"))
    outline = tuple(
        CellOutline(question=one.name, binds=(name,), definitions=(), uses=()) for one, name in zip(questions, "ab", strict=True)
    )
    assignment = Assignment(
        name="small",
        title="Small",
        questions=questions,
        outline=outline,
        complete=("a = 1", "b = 2"),
        template=(),
        solution_digest="",
        versions={},
    )
    return Grader.load(assignment, config(), "digest", {})


def test_only_what_is_asked_is_judged(lane: Lane, tmp_path: Path) -> None:
    """Points are those of the cases that are left; cells behind the last question that is asked do not run."""
    path = tmp_path / "work.ipynb"
    path.write_bytes(notebook(["a = 1", "b = 2", "raise ValueError"]))
    whole = grade_submission(_grader(), Found("work", str(path)), lane, 1)
    assert (whole.score, whole.max_score, len(whole.cells)) == (6, 6, 3)
    part = grade_submission(_grader().narrowed({"one"}, without={("one", "test_more")}), Found("work", str(path)), lane, 1)
    assert (part.score, part.max_score, [cell.status for cell in part.cells]) == (2, 2, ["ok"])
    assert [test.case for answer in part.questions for test in answer.tests] == ["test_one"]
    rest = grade_submission(_grader().narrowed({"two"}), Found("work", str(path)), lane, 1)
    assert (rest.score, rest.max_score, len(rest.cells)) == (2, 2, 2)


def test_a_question_without_cases_is_not_asked() -> None:
    """Leaving out all cases of a question leaves out the question."""
    narrowed = _grader().narrowed({"one", "two"}, without={("two", "test_two")})
    assert [tests.question.name for tests in narrowed.tests] == ["one"]
    assert narrowed.max_score == 4
