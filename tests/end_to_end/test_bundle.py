"""The bundle, unpacked as a platform does it, grades one submission with nothing but its own files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.reports.gradescope import GradescopeResults
from tests.samples import FOLDER, ROOT


@pytest.fixture
def source(bundle: None, tmp_path: Path) -> Path:
    """The unpacked bundle."""
    folder = tmp_path / "source"
    with zipfile.ZipFile(ROOT / "dist" / "neural-networks-bundle.zip") as archive:
        archive.extractall(folder)
    return folder


def _grade(source: Path, submission: Path, results: Path) -> subprocess.CompletedProcess[str]:
    results.mkdir()
    return subprocess.run(
        [sys.executable, "-m", "autograder", "gradescope", "--config", source / "grading_config.yaml", submission, results],
        capture_output=True, text=True, cwd=source, timeout=300, env={**os.environ, "PYTHONPATH": str(source)},
    )  # fmt: skip


def test_a_submission_is_graded_from_the_bundle_alone(source: Path, tmp_path: Path) -> None:
    """The score of the platform is that of the command line; public cases are visible, hidden ones only when they may be."""
    (tmp_path / "submission").mkdir()
    shutil.copy(FOLDER / "mistake_relu_passes_every_gradient.ipynb", tmp_path / "submission" / "my work.ipynb")
    (tmp_path / "submission" / "helper.py").write_text("x = 1")
    user = {"id": 7, "name": "Ada", "email": "ada@example.edu"}
    metadata = {"id": 1, "created_at": "2024-02-01T12:34:56-08:00", "users": [user]}
    (tmp_path / "submission_metadata.json").write_text(json.dumps(metadata))  # beside the folder, as Gradescope has it
    run = _grade(source, tmp_path / "submission", tmp_path / "results")
    assert run.returncode == 0, run.stderr
    results = GradescopeResults.model_validate_json((tmp_path / "results" / "results.json").read_bytes())
    assert results.score == 95.0
    assert {test.visibility for test in results.tests or ()} == {"visible", "after_published"}
    result = json.loads((tmp_path / "results" / "result.json").read_text())
    assert result["status"] == "graded" and result["submitted_at"].startswith("2024-02-01")
    assert result["students"] == [{"name": "Ada", "sid": "", "email": "ada@example.edu"}]


def test_a_submission_without_a_notebook_has_a_result_that_says_so(source: Path, tmp_path: Path) -> None:
    """The platform always finds a results.json, and the student a reason."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "essay.txt").write_text("hello")
    run = _grade(source, tmp_path / "submission", tmp_path / "results")
    assert run.returncode == 0, run.stderr
    results = GradescopeResults.model_validate_json((tmp_path / "results" / "results.json").read_bytes())
    assert results.score == 0.0
    assert results.output is not None and "notebook" in results.output


def test_what_the_platform_runs_is_sound_shell(source: Path) -> None:
    """Both scripts parse, install CPU builds, and leave the system's own Python alone."""
    for name in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", source / name], capture_output=True).returncode == 0
    setup = (source / "setup.sh").read_text()
    assert "whl/cpu" in setup and "python3.11 -m venv" in setup and "update-alternatives" not in setup
    assert "torch==" in (source / "requirements.txt").read_text() and "+" not in (source / "requirements.txt").read_text()
