"""Notebooks that were written for Otter alone, of several shapes, are generated and graded as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.results import Status
from autograder.variants import notebook
from tests.assignments.conftest import Made, Make, points, unhappy

HERE = Path(__file__).parent / "otter"
CONFIG = "assignment:\n  name: {name}\n  title: From Otter\n  solution: {name}.ipynb\n"


def _made(make: Make, name: str) -> Made:
    return make(HERE / name, CONFIG.format(name=name))


@pytest.fixture(scope="module")
def statistics(make: Make) -> Made:
    """Doctests in metadata, saved outputs, fenced markers, prompts, seeds, questions by hand or without tests, a module, data."""
    return _made(make, "statistics")


@pytest.fixture(scope="module")
def functions(make: Make) -> Made:
    """Test functions without configurations, points by question, a list of them, a configuration file, no cells of Otter's."""
    return _made(make, "functions")


@pytest.fixture(scope="module")
def minimal(make: Make) -> Made:
    """No configuration at all."""
    return _made(make, "minimal")


@pytest.mark.parametrize(
    ("name", "worth"),
    [("statistics", {"q1": 3, "q2": 2, "q6": 1, "q5": 1}), ("functions", {"area": 4, "volume": 3}), ("minimal", {"reverse": 1})],
)
def test_complete_work_earns_all_points_and_the_template_none(
    name: str, worth: dict[str, float], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Points are those that Otter gives; what is handed out is graded as untouched."""
    made: Made = request.getfixturevalue(name)
    complete = tmp_path / "complete.ipynb"
    complete.write_bytes(notebook(made.filled()))
    result = made.grade(complete)
    assert points(result) == pytest.approx(worth), unhappy(result)
    untouched = made.grade(made.template)
    assert (untouched.status, untouched.score) == (Status.UNTOUCHED, 0.0)


def test_mistakes_cost_their_own_points(statistics: Made, tmp_path: Path) -> None:
    """A wrong mean loses its three cases; half of an all-or-nothing question loses all of it, and says so; the rest stands.

    What a public doctest says names the code, and what it shows instead; a hidden one only its own message.
    """
    wrong = {"sum(values) / len(values)": "sum(values) / (len(values) + 1)", '["height"].max()': '["height"].min()'}
    submission = tmp_path / "wrong.ipynb"
    submission.write_bytes(notebook(statistics.filled(wrong)))
    result = statistics.grade(submission)
    assert points(result) == pytest.approx({"q1": 0, "q2": 0, "q6": 1, "q5": 1}), unhappy(result)
    first, second, *_ = result.questions
    assert "`mean([1, 2, 3]) == 2` should show True, and shows False" in first.tests[0].message
    assert first.tests[2].message == "Failed."
    assert second.tests[0].outcome == "passed" and second.tests[1].message == "Look at the whole column."
    assert second.notes == ("This question earns its points only if all of its tests pass.",)


def test_what_a_student_makes_of_numpy_does_not_reach_the_doctests(statistics: Made, tmp_path: Path) -> None:
    """A doctest runs in the grader, with the modules that the notebook imports: patched ones of the student's judge nothing."""
    cells = statistics.filled({"sum(values) / len(values)": "7"})
    cells.insert(1, "import numpy as np\nnp.isclose = lambda *a, **k: True")
    submission = tmp_path / "patched.ipynb"
    submission.write_bytes(notebook(cells))
    assert points(statistics.grade(submission))["q1"] == 0


def test_files_of_the_assignment_lie_beside_the_submission(statistics: Made, tmp_path: Path) -> None:
    """Students get them with the template; each submission finds them as they were, whatever it or others wrote into them."""
    assert (statistics.folder / "student_template" / "data" / "heights.csv").exists()
    cells = [*statistics.filled(), "open('data/heights.csv', 'w').write('name,height\\n')"]
    submission = tmp_path / "spoils.ipynb"
    submission.write_bytes(notebook(cells))
    for _ in range(2):
        assert statistics.grade(submission).score == pytest.approx(7)


def test_questions_without_tests_are_for_people(statistics: Made) -> None:
    """They are named with their points, which are no part of the total; their cells belong to no other question."""
    assert [(question.name, question.points) for question in statistics.assignment.by_hand] == [("q3", 4), ("q4", 1)]
    assert statistics.assignment.max_score == 7
    answers = {name: cell.question for cell in statistics.assignment.outline for name in cell.binds}
    assert {name: answers[name] for name in ("mean", "picture", "spread", "sample")} == {
        "mean": "q1", "picture": None, "spread": None, "sample": "q6",
    }  # fmt: skip


def test_random_numbers_are_those_that_the_author_saw(statistics: Made, tmp_path: Path) -> None:
    """The seed of the configuration is set before every cell: students, who do not have the line that sets it, get the same.

    Whatever they draw before does not matter.
    """
    cells = statistics.filled({"np.random.seed(42) # SEED\n": ""})
    cells.insert(1, "import numpy as np\nnp.random.rand(3)")
    submission = tmp_path / "seeded.ipynb"
    submission.write_bytes(notebook(cells))
    assert points(statistics.grade(submission))["q6"] == 1


def test_packages_that_the_notebook_needs_are_in_the_bundle(statistics: Made) -> None:
    """Beside the grader's own, at the versions that the bundle was verified with."""
    assert [line.partition("==")[0] for line in statistics.assignment.requirements] == ["pandas"]


def test_nothing_hidden_is_in_what_students_get(statistics: Made, functions: Made) -> None:
    """Neither in test files nor in the notebook's metadata."""
    for made, secret in ((statistics, "isclose"), (functions, "test_two")):
        given = "".join(path.read_text() for path in (made.folder / "student_template").rglob("*") if path.is_file())
        assert secret not in given
        assert secret in json.dumps(made.manifest)


def test_the_author_is_told_what_is_done_differently(statistics: Made, functions: Made, minimal: Made) -> None:
    """As warnings: nothing that Otter accepts is refused for these."""
    assert {"points-list", "no-message"} <= set(functions.warnings)
    assert {"no-config", "points-missing"} <= set(minimal.warnings)
    assert {"unknown-key", "no-tests"} <= set(statistics.warnings)
