"""The student's own lines are quoted by the numbers that the student knows."""

from __future__ import annotations

from autograder.grading.excerpts import AROUND, WIDTH, Excerpts
from autograder.results import CellResult, Outcome, QuestionResult, TestResult, Violation
from autograder.submissions import Cell


def excerpts(*sources: str, shown: dict[int, int] | None = None) -> Excerpts:
    """Of cells with these texts."""
    return Excerpts([Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)], shown or {})


def test_the_lines_around_are_quoted() -> None:
    """No more than some above and below, and none that do not exist."""
    quoted = excerpts("a = 1", "\r\n".join(f"line {n}" for n in range(1, 31))).at(2, 20)
    assert quoted is not None and quoted.marked == 20 and quoted.first == 20 - AROUND
    assert quoted.lines == tuple(f"line {n}" for n in range(20 - AROUND, 21 + AROUND))
    few = excerpts("one\ntwo").at(1, 1)
    assert few is not None and few.first == 1 and few.lines == ("one", "two")


def test_what_does_not_exist_is_not_quoted() -> None:
    """Numbers come from a student's process, and may be anything."""
    for number, line in ((None, 1), (1, None), (1, 0), (1, -3), (1, 99), (7, 1)):
        assert excerpts("a = 1").at(number, line) is None


def test_long_lines_are_cut() -> None:
    """A notebook may hold a line of megabytes."""
    quoted = excerpts("x" * 10_000).at(1, 1)
    assert quoted is not None and len(quoted.lines[0]) < WIDTH + 5


def test_a_piece_of_a_cell_is_quoted_from_the_cell() -> None:
    """Its number is the grader's own; the lines keep their numbers."""
    quoted = excerpts("one\ntwo", shown={41: 1}).at(41, 2)
    assert quoted is not None and quoted.cell == 1 and quoted.marked == 2


def test_cells_rules_and_tests_get_their_lines() -> None:
    """And those that ran, passed or have no place get none."""
    source = excerpts("a = 1\nb = c")
    good, bad = (CellResult(number=1, status=status, seconds=0.0, line=2) for status in ("ok", "raised"))
    assert [one.excerpt is None for one in source.in_cells([good, bad])] == [True, False]
    tests = tuple(
        TestResult(
            case="t", title="", outcome=Outcome.FAILED, points=0.0, max_points=1.0, hidden=False, message="", raised_at=place
        )
        for place in ((1, 2), None)
    )
    violations = tuple(Violation(rule="r", thing="x", found="source", cell=cell, line=cell) for cell in (1, None))
    (question,) = source.in_questions(
        [QuestionResult(name="q", score=0.0, max_score=2.0, outcome=Outcome.FAILED, tests=tests, violations=violations)]
    )
    assert [one.excerpt is None for one in question.tests] == [False, True]
    assert [one.excerpt is None for one in question.violations] == [False, True]
