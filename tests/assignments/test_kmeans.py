"""A second assignment, of NumPy and a plot: no layer, no tensor, no MNIST, and yet everything works as for the first."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from autograder.results import Status
from autograder.variants import notebook
from tests.assignments.conftest import Made, Make, points, unhappy
from tests.commands import autograder

HERE = Path(__file__).parent / "kmeans"
FULL = {"assign": 4, "update": 4, "kmeans": 5, "use": 3, "plot": 4}


@pytest.fixture(scope="module")
def kmeans(make: Make) -> Made:
    """The assignment, generated."""
    return make(HERE)


def _graded(made: Made, tmp_path: Path, changes: dict[str, str], *before: str) -> dict[str, float]:
    submission = tmp_path / "submission.ipynb"
    submission.write_bytes(notebook([*before, *made.filled(changes)]))
    result = made.grade(submission)
    assert result.status is Status.GRADED, unhappy(result)
    return points(result)


def test_complete_work_earns_everything_and_the_template_nothing(kmeans: Made, tmp_path: Path) -> None:
    """With the data file beside the notebook, and a figure that is judged by what is drawn in it."""
    assert _graded(kmeans, tmp_path, {}) == FULL
    untouched = kmeans.grade(kmeans.template)
    assert (untouched.status, untouched.score) == (Status.UNTOUCHED, 0)


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"(offsets**2).sum(axis=2)": "(offsets**2)[:, :, 0]"}, {"assign": 3}),
        ({"own.mean(axis=0)": "own.mean()"}, {"update": 3}),
        ({'marker="x"': 'marker="o"'}, {"plot": 3}),
        ({"(offsets**2).sum(axis=2)": "np.linalg.norm(offsets, axis=2)"}, {"assign": 4, "kmeans": 5}),
    ],
    ids=["one coordinate", "one mean", "no crosses", "forbidden"],
)
def test_a_mistake_costs_its_own_question(kmeans: Made, tmp_path: Path, changes: dict[str, str], lost: dict[str, float]) -> None:
    """What rests on it earns half at least, by following through. A rule holds for what a function calls as well."""
    earned = _graded(kmeans, tmp_path, changes)
    for question, most in FULL.items():
        if question in lost:
            assert earned[question] == most - lost[question], earned
        else:
            assert earned[question] >= most / 2, earned


def test_a_patched_numpy_earns_nothing(kmeans: Made, tmp_path: Path) -> None:
    """Arrays come by value and are compared in the grader, whose NumPy nobody has touched."""
    patch = "import numpy as np\nnp.allclose = np.array_equal = np.isfinite = lambda *a, **k: True"
    changes = {"return squares.argmin(axis=1)": "return 0 * squares.argmin(axis=1)"}
    assert _graded(kmeans, tmp_path, changes, patch)["assign"] == 0


def test_its_tests_can_be_audited_and_its_bundle_is_complete(kmeans: Made) -> None:
    """Mutants of the question that uses the functions are all killed; the bundle on disk holds the data file's numbers."""
    run = autograder("audit", "use", "--config", kmeans.folder / "grading_config.yaml")
    assert run.returncode == 0 and "use" in run.stdout, run.stdout + run.stderr
    with zipfile.ZipFile(kmeans.folder / "dist" / "k-means-bundle.zip") as bundle:
        assert {"manifest.json", "grading_config.yaml", "run_autograder", "setup.sh"} <= set(bundle.namelist())
    assert kmeans.assignment.files == {"points.csv": (HERE / "solutions" / "points.csv").read_bytes()}


def test_nothing_is_graded_with_a_bundle_whose_data_has_changed(kmeans: Made, tmp_path: Path) -> None:
    """A data file is a source like the notebook."""
    import shutil

    folder = tmp_path / "changed"
    shutil.copytree(kmeans.folder, folder)
    (folder / "solutions" / "points.csv").write_text("1,2\n")
    run = autograder("grade", folder / "student_template" / "kmeans.ipynb", "--config", folder / "grading_config.yaml")
    assert run.returncode == 2 and "points.csv has changed since this bundle was built" in run.stderr
