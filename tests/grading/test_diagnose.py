"""A wrong value that a known mistake explains gets its hint; where there is any doubt, none."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from autograder.assignment import Assignment, CellOutline, Misconception
from autograder.grading import diagnose
from autograder.grading.diagnose import Diagnosis
from autograder.grading.execution import Execution
from autograder.grading.judge import judge_question
from autograder.grading.testfile import Tests
from autograder.results import Outcome, TestResult
from autograder.sandbox.lanes import Lane
from autograder.sandbox.session import Session
from autograder.submissions import align
from autograder.submissions.outline import outline_cell
from tests.grading.judging import cells, config, question

SETUP = "import torch"
CELL = "def f(x):\n    return x @ x.T\ndef g(x):\n    return x.sum(dim=0)"
USE = "n = 3\nx = torch.randn(n, 2)\ny = g(x)\nz = f(x)"
TESTS = """
def test_f(f):
    for batch, columns in ((1, 3), (4, 2), (5, 3)):
        x = checks.normal(batch, columns)
        checks.close(f(x), x @ x.T, 'The product')
def test_g(g):
    for batch, columns in ((1, 3), (4, 2), (5, 3)):
        x = checks.normal(batch, columns)
        checks.close(g(x), x.sum(dim=0), 'The sum')
def test_small(g):
    y = g(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    expected = torch.tensor([4.0, 7.0])
    assert y.shape == expected.shape, 'shape'
    assert torch.allclose(y, expected), 'values'
"""
USE_TESTS = """
def test_y(x, y):
    checks.close(y, x.sum(dim=0), '`y`')
def test_z(x, z):
    checks.close(z, x @ x.T, '`z`')
"""
MISTAKES = {
    "averaged": ("q", "x.sum(dim=0)", "x.mean(dim=0)", "A mean."),
    "columns": ("q", "x.sum(dim=0)", "x.sum(dim=1)", "Columns."),
    "doubled": ("q", "x @ x.T", "2 * (x @ x.T)", "Two."),
    "use_shifted": ("u", "y = g(x)", "y = g(x + 1)", "Shifted."),
    "use_other": ("u", "z = f(x)", "z = f(x + 1)", "Other."),
}


def _assignment(mistakes: dict[str, tuple[str, str, str, str]], template: tuple[str, ...] = ()) -> Assignment:
    sources = (SETUP, CELL, USE)
    outline = []
    for name, source in zip((None, "q", "u"), sources, strict=True):
        binds, definitions, uses = outline_cell(source)
        outline.append(CellOutline(question=name, binds=binds, definitions=definitions, uses=uses))
    known = [
        Misconception(
            name=name, title=name, question=of, hint=hint,
            changes=tuple((at, source.replace(old, new)) for at, source in enumerate(sources) if old in source),
        )
        for name, (of, old, new, hint) in mistakes.items()
    ]  # fmt: skip
    return Assignment(
        name="a", title="A", questions=(question(TESTS), question(USE_TESTS, name="u")), outline=tuple(outline),
        complete=sources, template=template, solution_digest="", versions={}, misconceptions=tuple(known),
    )  # fmt: skip


def _diagnosed(
    lane: Lane, *edits: tuple[str, str], mistakes: Any = None, of: str = "q", diagnosis: Diagnosis | None = None
) -> dict[str, TestResult]:
    """The results of a submission that differs from the solution by `edits`."""
    assignment, settings = _assignment(MISTAKES if mistakes is None else mistakes), config()
    sources = [SETUP, CELL, USE]
    for old, new in edits:
        assert sum(old in source for source in sources) == 1
        sources = [source.replace(old, new) for source in sources]
    notebook = cells(*sources)
    (one,) = [found for found in assignment.questions if found.name == of]
    with Session(lane, 1 << 16) as session:
        execution = Execution(session, settings, notebook, align(assignment.outline, notebook), 5)
        execution.boundaries = {"q": 2, "u": 3}
        execution.run()
        judged = judge_question(
            Tests.compile(one), partial(execution.checkpoint, of), settings, seed=3, data_dir=lane.data,
            deadline=execution.deadline, diagnosis=diagnosis or Diagnosis(assignment, settings),
        )  # fmt: skip
    return {result.case: result for result in judged.results}


def _hints(results: dict[str, TestResult]) -> dict[str, str]:
    return {case: result.hint for case, result in results.items() if result.hint}


def test_a_known_mistake_is_named_wherever_it_shows(lane: Lane) -> None:
    """However it was written: its values are the same. Plain assertions are no exception, and staff read where it is from."""
    results = _diagnosed(lane, ("x.sum(dim=0)", "sum(row for row in x) / len(x)"))
    assert _hints(results) == {"test_g": "A mean.", "test_small": "A mean."}
    assert "misconception `averaged`" in (results["test_g"].detail or "")
    assert results["test_f"].outcome is Outcome.PASSED


def test_two_mistakes_are_named_each_where_it_is(lane: Lane) -> None:
    """Even in one question."""
    results = _diagnosed(lane, ("x.sum(dim=0)", "x.sum(dim=1)"), ("x @ x.T", "x @ x.T + x @ x.T"))
    assert _hints(results) == {"test_f": "Two.", "test_g": "Columns.", "test_small": "Columns."}


@pytest.mark.parametrize(
    "wrong", ["x.sum(dim=0) + 1", "x.mean(dim=0) if len(x) < 5 else x.sum(dim=0)", "0 * x.sum(dim=0)", "x", "'text'", "1 / 0"]
)
def test_other_mistakes_are_not_named(lane: Lane, wrong: str) -> None:
    """Not even one that gives the same values as a known mistake for some of the inputs."""
    results = _diagnosed(lane, ("x.sum(dim=0)", wrong))
    assert results["test_g"].outcome is Outcome.FAILED and not _hints(results)


def test_of_two_that_fit_none_is_named(lane: Lane) -> None:
    """Unless they say the same."""
    twice = {**MISTAKES, "again": ("q", "x.sum(dim=0)", "x.sum(dim=0) / x.shape[0]", "Another.")}
    assert not _hints(_diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"), mistakes=twice))
    twice["again"] = (*twice["again"][:3], "A mean.")
    assert set(_hints(_diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"), mistakes=twice)).values()) == {"A mean."}


def test_a_pattern_is_told_where_no_mistake_is_known(lane: Lane) -> None:
    """If it holds for values of several sizes."""
    (hint,) = set(_hints(_diagnosed(lane, ("x.sum(dim=0)", "-x.sum(dim=0)"), mistakes={})).values())
    assert "sign" in hint


def test_a_mistake_in_using_things_is_named_on_the_notebook_s_own_numbers(lane: Lane) -> None:
    """They are random, and the known mistake is made with the student's."""
    assert _hints(_diagnosed(lane, ("y = g(x)", "y = (x + 1).sum(dim=0)"), of="u")) == {"test_y": "Shifted."}
    both = _diagnosed(lane, ("y = g(x)", "y = g(x + 1)"), ("z = f(x)", "z = f(x + 1)"), of="u")
    assert _hints(both) == {"test_y": "Shifted.", "test_z": "Other."}


def test_a_mistake_elsewhere_in_the_cell_is_not_blamed(lane: Lane) -> None:
    """What a student's `y` is comes with it into a known mistake in what follows, and explains nothing."""
    assert not _hints(_diagnosed(lane, ("y = g(x)", "y = g(x - 7)"), of="u"))


def test_a_diagnosis_that_fails_costs_nothing(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdicts stay as they are, and staff have the trace."""
    plain = _diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"))

    def broken(*args: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(diagnose, "listen", broken)
    results = _diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"))
    assert not _hints(results) and "a bug" in (results["test_g"].detail or "")
    for case, result in results.items():
        before = plain[case]
        assert (result.outcome, result.points, result.message) == (before.outcome, before.points, before.message)


def test_a_known_mistake_that_cannot_run_is_no_hint(lane: Lane) -> None:
    """Nor does it hurt the others' verdicts."""
    broken = {"broken": ("q", "def g(x):", "def g(x, y=nowhere):", "Broken.")}
    results = _diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"), mistakes=broken)
    assert not _hints(results) and results["test_f"].outcome is Outcome.PASSED


def test_there_is_no_hint_when_the_time_is_over(lane: Lane) -> None:
    """Of several known mistakes that fit, not all may have been tried."""
    for seconds, cpu_seconds in ((0.0, 2.0), (2.0, 0.0)):
        diagnosis = Diagnosis(_assignment(MISTAKES), config(), seconds=seconds, cpu_seconds=cpu_seconds)
        assert not _hints(_diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"), diagnosis=diagnosis))


def test_a_student_who_hangs_the_second_time_costs_little(lane: Lane) -> None:
    """The verdicts were given before, and the wait is bounded."""
    hang = "x.mean(dim=0) if calls.append(1) or len(calls) < 4 else exec('while True: pass')"
    diagnosis = Diagnosis(_assignment(MISTAKES), config(), seconds=1.0)
    started = time.monotonic()
    results = _diagnosed(lane, ("import torch", "import torch\ncalls = []"), ("x.sum(dim=0)", hang), diagnosis=diagnosis)
    assert time.monotonic() - started < 20
    assert [result.outcome for result in results.values()] == [Outcome.PASSED, Outcome.FAILED, Outcome.FAILED]


def test_a_test_that_goes_on_for_ever_once_nothing_stops_it_costs_little(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a mistake is looked for no comparison ends a test; what it then counts up to may be a student's claim."""
    monkeypatch.setattr(diagnose, "CASE_SECONDS", 0.5)
    monkeypatch.setattr(diagnose._Search, "hints", lambda search: [None for _ in iter(int, 1)])
    diagnosis = Diagnosis(_assignment(MISTAKES), config(), cpu_seconds=0.1)
    results = _diagnosed(lane, ("x.sum(dim=0)", "x.mean(dim=0)"), diagnosis=diagnosis)
    assert not _hints(results) and "could not be finished" in (results["test_g"].detail or "")


def test_who_has_not_begun_has_made_no_mistake(lane: Lane) -> None:
    """Even if what the template does is what a known mistake does."""
    empty = CELL.replace("x.sum(dim=0)", "x").replace("x @ x.T", "x")
    known = {"dropped": ("q", "x.sum(dim=0)", "x", "Dropped.")}
    edits = ("x.sum(dim=0)", "x"), ("x @ x.T", "x")
    assert "Dropped." in _hints(_diagnosed(lane, *edits, mistakes=known)).values()
    diagnosis = Diagnosis(_assignment(known, (SETUP, empty, USE)), config())
    assert not _hints(_diagnosed(lane, *edits, diagnosis=diagnosis))
    assert "Dropped." in _hints(_diagnosed(lane, edits[0], diagnosis=diagnosis)).values()


def test_what_passes_is_not_diagnosed(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """A complete submission takes no longer than before."""

    def never(*args: Any) -> None:
        raise AssertionError("diagnosed")

    monkeypatch.setattr(Diagnosis, "explain", never)
    assert {result.outcome for result in _diagnosed(lane).values()} == {Outcome.PASSED}
