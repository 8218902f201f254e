"""Results in a terminal: readable at any width, obeying nothing that a student wrote."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from autograder.reports.terminal import FOREMOST, MANY, TOLD, PointsRow, attention, points_table, results_table
from autograder.results import Outcome
from tests.reports import factory


def _print(renderable: RenderableType, width: int) -> list[str]:
    written = io.StringIO()
    Console(width=width, file=written).print(renderable)
    return written.getvalue().splitlines()


def test_a_wide_terminal_names_the_questions() -> None:
    """Where there is room, each question's column has its name."""
    head, *rows = _print(results_table(factory.classroom(), factory.config()), 200)
    assert head.split() == ["submission", "status", "total", *factory.POINTS]
    assert rows[0].split()[:4] == ["ada", "graded", "100", "18"]
    assert rows[3].split()[:4] == ["eve", "errored", "91", "!"]


@pytest.mark.parametrize("name", ["ada", "a-rather-long-name-that-a-learning-platform-made-up_12345_67890"])
def test_eighty_columns_are_enough(name: str) -> None:
    """At 80 columns every submission is one line with all thirteen scores, and a legend says which question is which."""
    results = [factory.submission(name, factory.partial()), *factory.classroom()]
    lines = _print(results_table(results, factory.config()), 80)
    assert max(map(len, lines)) <= 80
    assert lines[0].split()[3:] == [str(number) for number in range(1, 14)]
    assert lines[1].startswith(name[:8])
    assert all(len(line.split()) == 16 for line in lines[: len(results) + 1])
    assert "13=mnist" in " ".join(lines)


def test_rounded_scores_say_so_and_never_look_full() -> None:
    """Whole points are rounded down, so that 17.99 of 18 does not look like full marks, and the table says so."""
    tests = (factory.case(points=17.99), factory.case(points=0.01, name="t", outcome=Outcome.FAILED))
    long = factory.submission("a-rather-long-name", (factory.question("linear", tests), *factory.partial()[1:]))
    lines = _print(results_table([long], factory.config()), 72)
    assert lines[1].split()[3] == "17"
    assert "rounded down" in lines[-1]


def test_a_very_narrow_terminal_keeps_the_totals() -> None:
    """At 40 columns names, status and totals remain."""
    lines = _print(results_table(factory.classroom(), factory.config()), 40)
    assert max(map(len, lines)) <= 40
    assert lines[1].split() == ["ada", "graded", "100"]


def test_no_results_make_an_empty_table() -> None:
    """A table of nothing is its heading."""
    assert _print(results_table([], factory.config()), 80)[0].split() == ["submission", "status", "total"]


def test_of_a_large_class_those_to_look_at_first_are_shown() -> None:
    """A terminal is not filled with thousands of lines: the class in two, then what could not be judged and what is lowest."""
    low = factory.submission("low", score=1.5)
    results = [factory.submission(f"student-{i:04}") for i in range(MANY)] + [factory.errored(), factory.unreadable(), low]
    lines = _print(results_table(results, factory.config()), 100)
    assert lines[0] == f"{MANY + 3} submissions: {MANY + 1} graded, 1 unreadable, 1 errored"
    assert lines[1] == "mean 99.8; lowest, quartiles and highest 1.5, 100, 100, 100, 100"
    names = [line.split()[0] for line in lines[5 : 5 + FOREMOST]]
    assert names == sorted(names) and {"eve", "bob", "low"} < set(names) and len(lines) < FOREMOST + 10
    assert len(_print(results_table(results[:MANY], factory.config()), 100)) > MANY


def test_not_more_lines_for_staff_than_anybody_reads() -> None:
    """If all of a large class went wrong, the first lines say so, and the last how many there are more."""
    lines = [line.plain for line in attention([factory.errored(f"eve{i:03}") for i in range(TOLD + 7)])]
    assert len(lines) == TOLD + 1 and lines[-1] == "... and 7 more; their status is in grades.csv"


def test_points_add_up() -> None:
    """The table of points ends in the sums."""
    rows = [
        PointsRow(question="linear", public=2, hidden=3, points=18),
        PointsRow(question="relu", public=1, hidden=1, points=8.5),
    ]
    lines = _print(points_table(rows), 80)
    assert [word for word in lines[-2].split() if word != "│"] == ["total", "3", "4", "26.5"]


def test_staff_get_one_line_each() -> None:
    """One line for each submission that needs a person, none for the rest."""
    lines = [line.plain for line in attention(factory.classroom())]
    assert [line.split(":")[0] for line in lines] == ["eve", "bob"]
    assert attention([factory.submission()]) == ()


def test_names_are_not_markup() -> None:
    """A name in rich's markup, or with terminal escapes, is shown as it is."""
    hostile = factory.hostile("x", name="[red]m[/]\x1b[2J")
    assert "[red]m[/]" in "".join(_print(results_table([hostile], factory.config()), 200))
    assert "\x1b" not in "".join(_print(results_table([hostile], factory.config()), 200))
