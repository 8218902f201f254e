"""The question that the documentation writes out works: as it stands there, right answers earn it and wrong ones lose it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.results import Status
from autograder.variants import notebook
from tests.assignments.conftest import Made, Make, points, unhappy
from tests.docs.blocks import DOCS, cells
from tests.notebooks import solution_notebook

HEAD = [
    (
        "raw",
        "# ASSIGNMENT CONFIG\nexport_cell: false\nrun_tests: false\ngenerate: false\ntests:\n  files: true\n  ok_format: false",
    ),
    ("code", "import torch"),
]


@pytest.fixture(scope="module")
def tanh(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An assignment of that question alone."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "tanh.ipynb").write_text(solution_notebook([*HEAD, *cells(DOCS / "questions.md")]))
    return make(folder, "assignment:\n  name: tanh\n  title: Tanh\n  solution: tanh.ipynb\n")


def test_the_written_out_question_is_fit_and_graded(tanh: Made, tmp_path: Path) -> None:
    """The linter has nothing to say; the solution earns six points, the template none, a wrong derivative none."""
    assert not tanh.warnings
    for changes, earned in (({}, 6.0), ({"1 - self.cache**2": "1 - self.cache"}, 0.0), ({"1 - 2 /": "1 + 2 /"}, 0.0)):
        submission = tmp_path / "submission.ipynb"
        submission.write_bytes(notebook(tanh.filled(changes)))
        result = tanh.grade(submission)
        assert points(result) == {"tanh": earned}, unhappy(result)
    assert tanh.grade(tanh.template).status is Status.UNTOUCHED
