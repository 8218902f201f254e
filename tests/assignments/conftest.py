"""One real sandbox for all tests of this folder, and what they do in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment import Assignment
from autograder.authoring.generate import generate
from autograder.bundles import encode_manifest, installed_versions
from autograder.config_file import read_config
from autograder.grading.grade import Grader, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found
from tests.sandbox.launching import launched


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of one lane that is launched once: it takes seconds."""
    with launched(("numpy.linalg",)) as sandbox:
        yield sandbox


class Made:
    """An assignment that was generated, and graded with.

    Attributes:
        folder: what it was generated in; the template is in `student_template`.
        warnings: codes of what the linter had to say.
    """

    def __init__(self, folder: Path, config: str, sandbox: Sandbox):
        path = folder / "grading_config.yaml"
        if config:
            path.write_text(config)
        self.config, self.folder, self._lane = read_config(path), folder, sandbox.lanes[0]
        made = generate(self.config, sandbox, audited=False)
        self.assignment: Assignment = made.assignment
        self.warnings = [finding.code for finding in made.warnings]
        self._grader = Grader.load(made.assignment, self.config, "bundle", installed_versions())

    @property
    def template(self) -> Path:
        """The students' notebook."""
        return self.folder / "student_template" / self.config.assignment.solution.name

    @property
    def manifest(self) -> Any:
        """What the bundle says of the assignment, as JSON."""
        return json.loads(encode_manifest(self.assignment))

    def filled(self, changes: Mapping[str, str] | None = None) -> list[str]:
        """The code cells of complete work, with texts replaced in them; each must be there."""
        cells = list(self.assignment.complete)
        for old, new in (changes or {}).items():
            assert any(old in cell for cell in cells), old
            cells = [cell.replace(old, new) for cell in cells]
        return cells

    def grade(self, submission: Path) -> SubmissionResult:
        """The result of one file."""
        return grade_submission(self._grader, Found(submission.stem, str(submission)), self._lane, 7)


Make = Callable[..., Made]


@pytest.fixture(scope="package")
def make(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Copies an assignment of this folder elsewhere, with a configuration if it has none, and generates it."""
    import shutil

    def made(source: Path, config: str = "") -> Made:
        folder = tmp_path_factory.mktemp(source.name)
        shutil.copytree(source, folder, dirs_exist_ok=True)
        return Made(folder, config, sandbox)

    return made


def points(result: SubmissionResult) -> dict[str, float]:
    """Points by question."""
    return {question.name: question.score for question in result.questions}


def unhappy(result: SubmissionResult) -> list[str]:
    """What went wrong, for the message of a test that fails."""
    cells = [f"cell {cell.number}: {cell.error}" for cell in result.cells if cell.error]
    return [*cells, *(f"{test.case}: {test.detail}" for question in result.questions for test in question.tests if test.detail)]
