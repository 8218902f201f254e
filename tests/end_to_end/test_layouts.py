"""The exports of all platforms through the command line: the gradebook says whose marks they are, and they can be replayed."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from tests.commands import autograder
from tests.submissions_reading.exports import EXPORTS
from tests.submissions_reading.packing import notebook, zipped

pytestmark = pytest.mark.usefixtures("bundle")

WORK, OTHER = notebook("import torch", "class ReLU:\n    pass"), notebook("print(1)")


def test_every_export_is_graded_with_its_students(tmp_path: Path) -> None:
    """All platforms in one call, as archives and as folders: a row each, with name, number, address, time and lateness."""
    paths = []
    for layout, files in EXPORTS.items():
        if layout in ("gradescope", "moodle_flat"):
            for name, content in files(WORK, OTHER).items():
                (tmp_path / layout / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / layout / name).write_bytes(content)
            paths.append(tmp_path / layout)
        else:
            (tmp_path / f"{layout}.zip").write_bytes(zipped(files(WORK, OTHER)))
            paths.append(tmp_path / f"{layout}.zip")
    odd = tmp_path / "odd"
    odd.mkdir()
    for odd_name in (b"caf\xe9.ipynb", "z\u0308.ipynb".encode()):  # as a file system of another age has it
        (odd / os.fsdecode(odd_name)).write_bytes(WORK)
    run = autograder("grade", *paths, odd, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert all(platform in run.stderr for platform in ("Gradescope", "Canvas", "Moodle", "nbgrader")), run.stderr
    rows = {row["submission"]: row for row in csv.DictReader((tmp_path / "out" / "grades.csv").open(encoding="utf-8"))}
    assert len(rows) == 17
    group = rows["Ada Lovelace + Grace Hopper"]
    assert group["status"] == "graded" and group["sids"] == "3031; 3032" and group["students"] == "Ada Lovelace; Grace Hopper"
    assert group["emails"] == "ada@example.edu; grace@example.edu" and group["submitted_at"].startswith("2024-02-01T12:34")
    assert rows["No Files"]["status"] == "unreadable" and rows["No Files"]["sids"] == "3034"
    assert rows["lovelaceada"]["late"] == "yes" and rows["lovelaceada"]["sids"] == "12345"
    assert rows["12346_hoppergrace"]["late"] == "no" and rows["12346_hoppergrace"]["status"] == "graded"
    assert rows["emile"]["sids"] == "emile" and rows["1234569_Émile van der Borel"]["sids"] == "1234569"
    result = json.loads((tmp_path / "out" / "12346_hoppergrace" / "result.json").read_text())
    assert "Several notebooks were handed in; hoppergrace_12346_67891_work.ipynb was graded" in result["notes"][0]

    again = autograder("grade", *paths, odd, "--out", tmp_path / "out")
    assert again.returncode == 0 and "17 of 17 results are current" in again.stderr  # no other file either
    replay = autograder("grade", "--replay", tmp_path / "out" / "ada", tmp_path / "out" / "12346_hoppergrace")
    assert replay.returncode == 0, replay.stdout + replay.stderr
