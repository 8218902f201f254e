"""Correct solutions that are written differently get full marks, all graded together by the real command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.bundles import load_bundle
from autograder.config_file import read_config
from autograder.variants import Bases, Written, notebook, read_folder
from tests.commands import autograder
from tests.samples import ROOT

SOLUTIONS = read_folder(ROOT / "solutions" / "accept", required=frozenset({"title"}))
GRADED = SOLUTIONS[::4]
"""Every one is graded by `autograder audit`, without whose current record nothing is generated; these here on every change."""
Graded = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def accepted(bundle: None, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A quarter of the accept set, graded in one batch: name -> content of result.json."""
    bases = Bases.of(load_bundle(read_config(ROOT / "grading_config.yaml")).assignment)
    folder, out = tmp_path_factory.mktemp("accept"), tmp_path_factory.mktemp("results")
    for solution in GRADED:
        cells = bases.cells(f"solutions/accept/{solution.name}.py", "complete", solution.changes)
        (folder / f"{solution.name}.ipynb").write_bytes(notebook(cells))
    run = autograder("grade", folder, "--out", out, "-j", "2")
    assert run.returncode == 0, run.stdout + run.stderr
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in Path(out).glob("*/result.json")}


def test_there_are_at_least_forty_and_each_says_what_it_is() -> None:
    """The set is broad, and no two of its solutions are about the same thing."""
    assert len(SOLUTIONS) >= 40
    titles = [solution.keys["title"] for solution in SOLUTIONS]
    assert all(titles)
    assert len({title.casefold() for title in titles}) == len(titles)


@pytest.mark.parametrize("solution", GRADED, ids=lambda solution: solution.name)
def test_a_correct_solution_gets_full_marks_however_it_is_written(accepted: Graded, solution: Written) -> None:
    """Work that does what the assignment asks has 100.00 points, and no rule is said to be broken."""
    result = accepted[solution.name]
    assert result["status"] == "graded", result["detail"]
    lost = [test for question in result["questions"] for test in question["tests"] if test["points"] != test["max_points"]]
    assert not lost, [(test["case"], test["detail"] or test["message"]) for test in lost]
    assert not [broken for question in result["questions"] for broken in question["violations"]]
    assert result["score"] == result["max_score"] == 100.0
