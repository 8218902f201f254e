"""Marks set by hand, and a class that is graded again by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.reports import write_submission
from tests.commands import Run, autograder
from tests.samples import FOLDER

pytestmark = pytest.mark.usefixtures("bundle")


def test_grading_again_keeps_results_current_and_shows_what_was_set_by_hand(tmp_path: Path) -> None:
    """An override grades nothing again and pages follow it. One that fits nothing ends with 1, a bad file with 2."""
    out = tmp_path / "results"

    def graded(text: str) -> Run:
        out.mkdir(exist_ok=True)
        (out / "overrides.yaml").write_text(text)
        return autograder("grade", FOLDER / "untouched_template.ipynb", "--out", out, "--jobs", "1")

    folder = out / "untouched_template"
    first = graded("untouched_template: {adjustment: 1}\n")
    assert first.returncode == 0, first.stderr
    assert json.loads((folder / "results.json").read_text())["score"] == 1.0
    raw = (folder / "result.json").read_bytes()
    again = graded("untouched_template: {adjustment: 3, comment: Come and see me.}\n")
    assert again.returncode == 0 and "1 of 1 results are current" in again.stderr, again.stderr
    assert "Come and see me." in (folder / "feedback.html").read_text()
    assert (folder / "result.json").read_bytes() == raw and json.loads(raw)["score"] == 0.0
    assert "untouched,0.00,3.00" in (out / "grades.csv").read_text()
    stale = graded("untouched: {adjustment: 3}\n")
    assert stale.returncode == 1 and "is `untouched_template` meant?" in stale.stdout.replace("\n", " "), stale.stdout
    assert "Come and see me." not in (folder / "feedback.html").read_text()
    pages = {path: path.read_bytes() for path in out.rglob("*.html")}
    bad = graded("untouched_template: {adjustment: three}\n")
    assert bad.returncode == 2 and "overrides.yaml, line 1: `untouched_template.adjustment` must be a number" in bad.stderr
    assert {path: path.read_bytes() for path in pages} == pages and (folder / "result.json").read_bytes() == raw


def test_a_report_names_what_staff_must_look_at(tmp_path: Path) -> None:
    """A damaged result is named on the terminal, with exit code 1, and everything else is written."""
    from tests.reports import factory

    for result in factory.classroom():
        write_submission(result, tmp_path, factory.config())
    (tmp_path / "ada" / "result.json").write_text("garbage")
    run = autograder("report", tmp_path)
    assert run.returncode == 1 and "ada: errored: " in run.stdout, run.stdout + run.stderr
    assert (tmp_path / "report.html").exists() and "Traceback" not in run.stdout + run.stderr
