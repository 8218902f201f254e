"""What the export says of a notebook before it is handed in, and when it makes none."""

from __future__ import annotations

import base64
import json
import sys
import types
import zlib
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.desk import furnish, held_in
from autograder.authoring.leaks import find_leaks
from autograder.desk.blanks import blank_lines
from autograder.desk.export import export
from autograder.desk.grader import start
from autograder.desk.handout import Handout
from autograder.desk.place import CannotExport
from autograder.desk.tryout import Tried
from tests.desk.kernel import template
from tests.samples import SOLUTION, TEMPLATE


@pytest.fixture(scope="module")
def handout() -> Handout:
    """What the template holds."""
    return Handout.of(_held())


def _held() -> Any:
    sources = ["".join(cell["source"]) for cell in json.loads(TEMPLATE.read_bytes())["cells"]]
    (held,) = filter(None, map(held_in, sources))
    return held


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, where trying a notebook out finds nothing wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr("autograder.desk.export.try_out", lambda *arguments: Tried((), ()))
    return tmp_path


def _export(handout: Handout, runs: list[str], **more: Any) -> Any:
    return export(handout, {"In": runs}, "", **{"name": "Ada", "notebook": None, "files": (), "out": None, **more})


def _write(path: Path, notebook: Any) -> list[str]:
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_what_was_run_but_not_saved_is_not_handed_in(handout: Handout, here: Path) -> None:
    """An older file than what was run makes no zip; the question is named, and what to do."""
    runs = _write(here / "a.ipynb", template())
    assert _export(handout, runs).problems == ()
    changed = [run.replace("torch.clamp(x, min=0)", "x * (x > 0)") for run in runs]
    with pytest.raises(CannotExport, match=r"`a.ipynb` does not hold what you ran last for `relu`: save the notebook"):
        _export(handout, changed)


def test_lost_questions_and_a_missing_name_are_told(handout: Handout, here: Path) -> None:
    """A deleted answer and an empty name are problems; the zip is made all the same."""
    notebook = template()
    notebook.cells = [cell for cell in notebook.cells if "class Net(" not in cell.source]
    made = _export(handout, _write(here / "a.ipynb", notebook), name=" ")
    assert made.path == here / "a.zip" and made.path.exists()
    assert any("there is no answer to `net`" in problem for problem in made.problems)
    assert any("it does not carry your name" in problem for problem in made.problems)


def test_the_notebook_is_found_among_others_or_asked_for(handout: Handout, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other notebooks do not disturb; of several copies the one that the surroundings name counts, or one is asked."""
    _write(here / "copy 1.ipynb", template())
    (here / "diary.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "1"}]}')
    assert _export(handout, []).path.name == "copy 1_Ada.zip"
    _write(here / "copy 2.ipynb", template())
    with pytest.raises(CannotExport, match=r"several files in .* could be this notebook: name it"):
        _export(handout, [])
    assert _export(handout, [], notebook="copy 2.ipynb").path.name == "copy 2_Ada.zip"
    monkeypatch.setenv("JPY_SESSION_NAME", str(here / "copy 1.ipynb"))
    monkeypatch.chdir("/")
    assert _export(handout, []).path == here / "copy 1_Ada.zip"


def test_a_grader_that_runs_the_notebook_gets_otters_own_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """While Otter grades, and in our worker, `grader` is what they put there."""
    otter = types.ModuleType("otter")
    otter.Notebook = type("Notebook", (), {"_grading_mode": True})  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "otter", otter)
    assert type(start(_held(), "")) is otter.Notebook


def test_nothing_hidden_is_packed_into_the_notebook_and_what_is_would_be_found() -> None:
    """The handout has public cases only; a hidden line put there is a leak although nobody can read it."""
    held = _held()
    assert sum(len(question["cases"]) for question in held["questions"]) == 25
    packed = zlib.decompress(
        base64.b64decode("".join(_setup(TEMPLATE.read_bytes())["source"]).split('b64decode("')[1].split('"')[0])
    )
    for word in (b"layer_shapes", b"from autograder", b"threshold", b"seed"):
        assert word not in packed.partition(b'"handout"')[2], word
    master = json.loads(SOLUTION.read_bytes())
    line = "self.weight_grad = x.T @ dupstream"
    notebook: dict[str, Any] = {"cells": [{"cell_type": "code", "source": 'grader = otter.Notebook("a.ipynb")', "metadata": {}}]}
    furnish(notebook, {**held, "cells": [], "title": line})
    assignment: Any = types.SimpleNamespace(questions=(), misconceptions=(), cells=())
    found = find_leaks(master, assignment, {"a.ipynb": json.dumps(notebook).encode()})
    assert any(line in leak for leak in found)


def _setup(content: bytes) -> dict[str, Any]:
    (cell,) = [cell for cell in json.loads(content)["cells"] if "b64decode" in "".join(cell["source"])]
    return dict(cell)


def test_blanks_are_told_from_other_uses_of_three_dots() -> None:
    """`...` as an index is none; in a cell that does not parse they are found by their looks."""
    assert blank_lines("a = ...\nb = x[..., 0]\nf(...)\n...\nreturn_value = 3\n") == [1, 4]
    assert blank_lines("def f(:\n    y = ...\n    # z = ...\n    return ...\n") == [2, 4]
