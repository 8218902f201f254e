"""Follow-through marks: who builds rightly on something wrong earns a share, and nobody earns one for the solution's work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from autograder.assignment import Assignment, CellOutline, Question
from autograder.config import AssignmentSection, Config, ScoringSection
from autograder.grading.follow import Again, Reference, _repaired, plan
from autograder.grading.grade import Grader, grade_submission
from autograder.results import Outcome, SubmissionResult
from autograder.sandbox.lanes import Lane
from autograder.sandbox.session import CellRun, Worker
from autograder.submissions import Cell, Found, align
from autograder.submissions.outline import outline_cell
from autograder.variants import notebook
from tests.grading.judging import question

SOLUTION = {
    "double": "class Double:\n    factor = 2\n    def run(self, x):\n        return x * self.factor  # the secret of doubling",
    "use": "doubler = Double()\nfour = doubler.run(2)",
    "more": "eight = four * 2",
    "twice": "class Twice:\n    def run(self, x):\n        return Double().run(Double().run(x))",
    "apart": "nine = 9",
}
TESTS = {
    "double": "def test_double(Double):\n    assert Double().run(5) == 10\n",
    "use": "def test_four(four):\n    assert four == 4\n\ndef test_class_alone(Double):\n    assert Double().run(1) == 2\n",
    "more": "def test_value(eight):\n    assert eight == 8\n",
    "twice": "def test_twice(Twice):\n    assert Twice().run(3) == 12\n",
    "apart": "def test_value(nine):\n    assert nine == 9\n",
}


def _assignment() -> Assignment:
    questions: tuple[Question, ...] = tuple(question(source, name=name, hidden=True) for name, source in TESTS.items())
    outline = []
    for name, source in SOLUTION.items():
        binds, definitions, uses = outline_cell(source)
        outline.append(CellOutline(question=name, binds=binds, definitions=definitions, uses=uses))
    return Assignment(
        name="small",
        title="Small",
        questions=questions,
        outline=tuple(outline),
        complete=tuple(SOLUTION.values()),
        template=(),
        solution_digest="",
        versions={},
    )


def _grade(lane: Lane, folder: Path, changed: dict[str, str], *, share: float = 0.5) -> SubmissionResult:
    """The solution with some cells written otherwise; an empty text leaves a cell out."""
    section = AssignmentSection(name="small", title="Small", solution=Path("none.ipynb"))
    config = Config(assignment=section, scoring=ScoringSection(follow_through=share))
    path = folder / "submission.ipynb"
    path.write_bytes(notebook([source for source in (SOLUTION | changed).values() if source]))
    return grade_submission(Grader.load(_assignment(), config, "", {}), Found("submission", str(path)), lane, 1)


def _scores(result: SubmissionResult) -> dict[str, float]:
    assert result.status.value == "graded", result.detail
    return {one.name: one.score for one in result.questions}


WRONG = "class Double:\n    factor = 3\n    def run(self, x):\n        return x * self.factor"


def test_what_builds_on_a_wrong_class_earns_the_share(lane: Lane, tmp_path: Path) -> None:
    """Straight, through a variable, and from another class; the wrong class itself earns nothing, what is right all."""
    result = _grade(lane, tmp_path, {"double": WRONG})
    assert _scores(result) == {"double": 0, "use": 1, "more": 1, "twice": 1, "apart": 2}
    tests = {(one.name, test.case): test for one in result.questions for test in one.tests}
    followed = {("use", "test_four"), ("more", "test_value"), ("twice", "test_twice")}
    assert {case for case, test in tests.items() if test.follow_through} == followed
    for case in followed:
        assert tests[case].outcome is Outcome.FAILED and "`Double`" in tests[case].message


ON_ITS_WORD = """def test_four(doubler, four):
    from autograder import checks
    checks.require(four == doubler.run(2), "not what it gives")
    if four != 4:
        checks.counts_with("double")
"""


def test_who_uses_a_wrong_class_rightly_loses_nothing_there(lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may take the class for granted; it then passes with the solution's in its place, and earns all of its points."""
    monkeypatch.setitem(TESTS, "use", ON_ITS_WORD)
    result = _grade(lane, tmp_path, {"double": WRONG, "more": "", "twice": ""})
    assert _scores(result)["use"] == 2 and _scores(result)["double"] == 0
    (test,) = result.questions[1].tests
    assert test.follow_through and test.counts_with == {"double": 1.0}


def test_who_uses_a_fake_earns_nothing_there(lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that agrees with whatever the cell says is no class that passes a test, and the solution's is not used."""
    monkeypatch.setitem(TESTS, "use", ON_ITS_WORD)
    fake = "class Fake:\n    def run(self, x):\n        return 7\n\ndoubler, four = Fake(), 7"
    result = _grade(lane, tmp_path, {"double": "", "use": fake, "more": "", "twice": ""})
    assert _scores(result)["use"] == 0
    (test,) = result.questions[1].tests
    assert test.outcome is Outcome.FAILED and "`double`" in test.message and not test.follow_through


def test_a_class_that_is_partly_right_is_taken_at_its_word(lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the test asks for, and nothing is run again for it."""
    monkeypatch.setitem(TESTS, "use", ON_ITS_WORD.replace('counts_with("double")', 'counts_with("double", 0.5)'))
    monkeypatch.setitem(TESTS, "double", TESTS["double"] + "\ndef test_zero(Double):\n    assert Double().run(0) == 0\n")
    result = _grade(lane, tmp_path, {"double": WRONG, "more": "", "twice": ""})
    assert _scores(result)["use"] == 2 and _scores(result)["double"] == 2
    (test,) = result.questions[1].tests
    assert test.outcome is Outcome.PASSED and not test.follow_through


def test_a_test_that_takes_nothing_of_the_question_s_own_is_left_out(lane: Lane, tmp_path: Path) -> None:
    """It would pass by the solution's work alone."""
    result = _grade(lane, tmp_path, {"double": WRONG})
    (alone,) = [test for one in result.questions for test in one.tests if test.case == "test_class_alone"]
    assert alone.points == 0 and not alone.follow_through


def test_a_class_that_is_missing_or_hangs_or_ends_the_program_counts_as_wrong(lane: Lane, tmp_path: Path) -> None:
    """Whatever the first run met, the second has the solution's class."""
    for source in ("", "class Double(:\n    pass", "import os\nos._exit(0)"):
        result = _grade(lane, tmp_path, {"double": source})
        assert _scores(result) == {"double": 0, "use": 1, "more": 1, "twice": 1, "apart": 2}, source


def test_what_is_wrong_by_itself_earns_nothing(lane: Lane, tmp_path: Path) -> None:
    """Also beside a wrong class."""
    result = _grade(lane, tmp_path, {"double": WRONG, "use": "doubler = Double()\nfour = doubler.run(3)", "more": "eight = ..."})
    assert _scores(result) == {"double": 0, "use": 0, "more": 0, "twice": 1, "apart": 2}


def test_nothing_is_judged_again_where_no_class_is_wrong(lane: Lane, tmp_path: Path) -> None:
    """A question that is wrong by itself costs no second run."""
    result = _grade(lane, tmp_path, {"more": "eight = 7"})
    assert _scores(result) == {"double": 2, "use": 4, "more": 0, "twice": 2, "apart": 2}
    reference = Reference.of(_assignment())
    assert plan(reference, result.questions, Grader.load(_assignment(), _config(), "", {}).tests) == ()


def _config() -> Config:
    return Config(assignment=AssignmentSection(name="small", title="Small", solution=Path("none.ipynb")))


def test_what_comes_behind_is_not_run_again(lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long training below the questions that are judged again runs once; one among them is cut short as the first time."""
    ran: list[str] = []
    run_cell = Worker.run_cell

    def noted(worker: Worker, number: int, source: str, **limits: Any) -> CellRun:
        ran.append(source)
        return run_cell(worker, number, source, **limits)

    monkeypatch.setattr(Worker, "run_cell", noted)
    _grade(lane, tmp_path, {"double": WRONG})
    assert ran.count(SOLUTION["apart"]) == 1 and ran.count(SOLUTION["use"]) > 1
    assignment = _assignment()
    cells = [Cell(number=number, index=number, source=source) for number, source in enumerate(SOLUTION.values(), 1)]
    again = Again(frozenset({"double"}), {"use": frozenset({"test_four"})})
    repaired, moved = _repaired(Reference.of(assignment), again, cells, align(assignment.outline, cells))
    (last,) = moved.cells_of("apart")  # where a cap would look for it
    assert repaired[last - 1].source == SOLUTION["apart"] and list(moved.boundaries) == ["use"]


def test_the_share_can_be_turned_off(lane: Lane, tmp_path: Path) -> None:
    """With 0, a dependant question that fails earns nothing."""
    assert _scores(_grade(lane, tmp_path, {"double": WRONG}, share=0.0)) == {
        "double": 0, "use": 0, "more": 0, "twice": 0, "apart": 2,
    }  # fmt: skip


def test_nothing_of_the_solution_reaches_the_student(lane: Lane, tmp_path: Path) -> None:
    """A cell that prints, raises and files away whatever class it finds shows only the student's own."""
    spy = (
        "import sys, inspect\ndoubler = Double()\nfour = doubler.run(2)\n"
        "text = str(get_ipython().user_ns.get('In')) + str(vars(Double)) + str(Double.run.__code__.co_consts)\n"
        "try:\n    text += inspect.getsource(Double)\nexcept Exception as error:\n    text += repr(error)\n"
        "print(text); print(text, file=sys.stderr)\nopen('kept.txt', 'a').write(text)\n"
        "if Double.factor == 2:\n    raise ValueError(text + 'found the secret of doubling')"
    )
    result = _grade(lane, tmp_path, {"double": WRONG, "use": spy})
    assert _scores(result)["use"] == 1
    assert b"secret of doubling" not in msgspec.json.encode(result)
