"""What is optional is optional: without an extra its commands name the fix and write nothing, with it they do what they say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import openpyxl
import pytest

from autograder.reports import write_submission
from autograder.submissions import Found, digest_of
from tests.release.environments import minimum, said
from tests.reports import factory
from tests.samples import ROOT
from tests.similarity.students import answers, disguised, write_notebook

pytestmark = pytest.mark.slow


def _run(commands: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command of an environment, with the configuration here."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [str(commands / "autograder"), *map(str, arguments), "--config", str(ROOT / "grading_config.yaml")]
    return subprocess.run(
        command, cwd=commands, env=environment | {"NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture
def results(bundle: None, tmp_path: Path) -> Path:
    """The results of three, one of whom has another's answers under other names."""
    for name, cells in {"ada": answers(7), "ben": disguised(answers(7)), "cy": answers(3)}.items():
        path = write_notebook(tmp_path / f"{name}.ipynb", cells)
        write_submission(
            factory.submission(name, source=str(path), digest=digest_of(Found(name, str(path)))), tmp_path / "r", factory.config()
        )
    return tmp_path / "r"


def test_extras_are_told_to_installers(wheel: Path) -> None:
    """Those that messages and pages name are there; `staff`, which `report` was called once, still brings the same."""
    requirements, extras = said(wheel)
    assert extras == {"cluster", "dev", "docs", "report", "staff"}

    def of(extra: str) -> set[str]:
        return {line.name for line in requirements if line.marker and line.marker.evaluate({"extra": extra})}

    assert of("report") == {"copydetect", "itables", "openpyxl"} and of("cluster") == {"distributed"}
    assert [line.extras for line in requirements if line.marker and line.marker.evaluate({"extra": "staff"})] == [{"report"}]


def test_without_extras_reports_are_whole_and_the_rest_names_the_fix(wheel: Path, results: Path, tmp_path: Path) -> None:
    """Pages are made; a workbook, similarity and a cluster are refused with the command to type, and nothing is written."""
    commands = minimum(tmp_path / "empty", wheel)
    before = sorted(results.rglob("*"))
    for arguments, extra in (
        (("report", results, "--format", "xlsx"), "report"),
        (("report", results, "--similarity"), "report"),
        (("grade", tmp_path / "ada.ipynb", "--out", tmp_path / "o", "--scheduler", "tcp://127.0.0.1:1"), "cluster"),
    ):
        run = _run(commands, *arguments)
        assert run.returncode == 2 and f"pip install 'autograder[{extra}]'" in run.stderr, run.stdout + run.stderr
        assert "Traceback" not in run.stderr
    assert sorted(results.rglob("*")) == before and not list((tmp_path / "o").glob("[!.]*"))
    run = _run(commands, "report", results, "--format", "csv")
    assert run.returncode == 0, run.stdout + run.stderr
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "ada" in page and "window.jQuery =" not in page
    (results / "gradebook.xlsx").write_bytes(b"of an earlier time")
    run = _run(commands, "report", results)
    assert run.returncode == 1 and "pip install 'autograder[report]'" in run.stdout, run.stdout + run.stderr


def test_with_report_there_are_workbooks_tables_and_pairs(wheel: Path, results: Path, tmp_path: Path) -> None:
    """A workbook that opens, DataTables in the report, and who has whose answers; the extra brings all that this imports."""
    commands = minimum(tmp_path / "reporting", wheel, "report")
    run = _run(commands, "report", results, "--format", "xlsx", "--similarity")
    assert run.returncode == 0, run.stdout + run.stderr
    sheet = openpyxl.load_workbook(results / "gradebook.xlsx").worksheets[0]
    assert {"ada", "ben", "cy"} <= {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "window.jQuery =" in (results / "report.html").read_text(encoding="utf-8")
    assert "ben" in (results / "similarity.html").read_text(encoding="utf-8")


def test_with_cluster_a_scheduler_is_looked_for(wheel: Path, results: Path, tmp_path: Path) -> None:
    """Where there is none, that is what is said, and no package is missing."""
    commands = minimum(tmp_path / "many", wheel, "cluster")
    run = _run(commands, "grade", tmp_path / "ada.ipynb", "--out", tmp_path / "o", "--scheduler", "tcp://127.0.0.1:1")
    assert run.returncode == 2 and "no dask scheduler can be reached there" in run.stderr, run.stdout + run.stderr
