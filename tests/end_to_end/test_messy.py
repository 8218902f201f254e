"""What does not touch the work costs no marks, and what was repaired is said: all graded together by the real command."""

from __future__ import annotations

import json
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.bundles import load_bundle
from autograder.config_file import read_config
from autograder.variants import notebook
from tests.commands import autograder
from tests.samples import ROOT

LAYERS = {"Linear", "ReLU", "Sigmoid", "Net"}

Graded = dict[str, dict[str, Any]]


def shuffled(cells: list[str]) -> bytes:
    """The cells in another order, with the counts of the one in which they work."""
    content = json.loads(notebook(cells))
    for count, cell in enumerate(content["cells"], 1):
        cell["execution_count"] = count
    random.Random(1).shuffle(content["cells"])
    return json.dumps(content).encode()


def as_run(cells: list[str], counts: list[int]) -> bytes:
    """A notebook whose cells were run in the order of these counts."""
    content = json.loads(notebook(cells))
    for cell, count in zip(content["cells"], counts, strict=True):
        cell["execution_count"] = count
    return json.dumps(content).encode()


def changed(cells: list[str], *edits: tuple[str, str]) -> bytes:
    """A notebook of the cells with texts replaced, each wherever it occurs."""
    for old, new in edits:
        assert any(old in cell for cell in cells), old
        cells = [cell.replace(old, new) for cell in cells]
    return notebook(cells)


@pytest.fixture(scope="module")
def messy(bundle: None, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Name -> content of result.json."""
    assignment = load_bundle(read_config(ROOT / "grading_config.yaml")).assignment
    cells, folder, out = list(assignment.cells), tmp_path_factory.mktemp("messy"), tmp_path_factory.mktemp("results")
    linear_use = next(at for at, cell in enumerate(assignment.outline) if cell.question == "linear_use")
    renamed = [re.sub(r"(?<![\w.])layer\b", "linear", cell) for cell in cells[linear_use : linear_use + 2]]
    sigmoid = next(cell for cell in cells if "class Sigmoid" in cell)
    linear = next(at for at, cell in enumerate(cells) if "class Linear" in cell)
    on_device = cells[linear].replace("y = x @ self.weight", "y = x.to(device) @ self.weight")
    ones = cells[linear].replace("dupstream.sum(dim=0)", "torch.ones(len(dupstream)) @ dupstream")
    assert cells[linear] not in (on_device, ones)
    double = f"{cells[0]}\ntorch.set_default_dtype(torch.float64)"
    below = [*range(1, linear + 1), linear + 2, *range(linear + 3, len(cells) + 2), linear + 1]
    read = "import pandas\nframe = pandas.read_csv('/kaggle/input/digit-recognizer/train.csv')\n"
    notebooks = {
        "reads_first": notebook([read + cells[0], *cells[1:]]),
        "in_one_cell": notebook(["\n".join(cells)]),
        "bound_later": notebook([*cells[:linear], on_device, "device = torch.device('cpu')", *cells[linear + 1 :]]),
        "wrong_below": as_run([*cells, cells[linear].replace("y = x @", "y = 2 * x @")], below),
        "in_double": notebook([double, *cells[1:linear], ones, *cells[linear + 1 :]]),
        "shuffled": shuffled(cells),
        "broken_method": changed(cells, ("dx = dupstream * y * (1 - y)", "dx = dupstream * y * (1 - y")),
        "two_attempts": notebook([*cells[:2], "class Sigmoid:\n    def forward(self, x):\n        return x\n", *cells[2:]]),
        "left_over": notebook([*cells, sigmoid.replace("class Sigmoid", "def ("), "return 3\nprint(1)"]),
        "renamed_class": notebook([re.sub(r"(?<![\w.])ReLU\b", "Relu", cell) for cell in cells]),
        "renamed_variable": notebook([*cells[:linear_use], *renamed, *cells[linear_use + 2 :]]),
        "slips": changed(cells, ("class Sigmoid(object):", "class Sigmoid(object)"), ("torch.exp(-x)", "torch.exp(\u2212x)")),
        "longer_name": notebook([re.sub(r"(?<![\w.])Linear\b", "MyLinear", cell) for cell in cells]),
        "untouched": notebook(list(assignment.template)),
        "foreign": notebook(["import pandas as pd", "table = pd.read_csv('titanic.csv')\ntable.head()", "x = 3\nprint(x)"]),
    }
    for name, content in notebooks.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    definitions = [cell for cell, outline in zip(cells, assignment.outline, strict=True) if set(outline.definitions) & LAYERS]
    module = "import torch\n\n" + "\n\n".join(definitions)
    rest = ["from layers import *", *(cell for cell in cells if cell not in definitions)]
    with zipfile.ZipFile(folder / "with_a_module.zip", "w") as archive:
        archive.writestr("hw/work.ipynb", notebook(rest))
        archive.writestr("hw/layers.py", module)
    whole = ["import layers as L", *(re.sub(rf"(?<![\w.])({'|'.join(LAYERS)})\(", r"L.\1(", cell) for cell in rest[1:])]
    with zipfile.ZipFile(folder / "with_a_whole_module.zip", "w") as archive:
        archive.writestr("hw/work.ipynb", notebook(whole))
        archive.writestr("hw/layers.py", module)
    run = autograder("grade", folder, "--out", out, "-j", "2")
    assert run.returncode == 0, run.stdout + run.stderr
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in Path(out).glob("*/result.json")}


def lost(result: dict[str, Any]) -> dict[str, float]:
    """Question -> marks lost."""
    return {q["name"]: q["max_score"] - q["score"] for q in result["questions"] if q["score"] < q["max_score"]}


def notes(result: dict[str, Any]) -> str:
    """All notes on a submission and its questions."""
    return "\n".join([*result["notes"], *(note for question in result["questions"] for note in question["notes"])])


def test_cells_in_disorder_are_run_as_they_were_saved(messy: Graded) -> None:
    """The execution counts tell the order; student and staff are told that it was followed."""
    result = messy["shuffled"]
    assert result["score"] == 100.0, lost(result)
    assert "In the notebook's own order a name was missing" in notes(result)


def test_a_method_that_does_not_parse_costs_itself(messy: Graded) -> None:
    """What needs it loses marks, what only shares its cell or comes behind it does not; the note has its name and line."""
    result = messy["broken_method"]
    assert {"sigmoid"} <= set(lost(result)) <= {"sigmoid", "activations_use", "activations_torch", "mnist"}
    (sigmoid,) = [question for question in result["questions"] if question["name"] == "sigmoid"]
    assert 0 < sigmoid["score"] < sigmoid["max_score"]
    assert "was run without what does not parse: the method `Sigmoid.backward` (line" in notes(result)
    public = next(test for test in sigmoid["tests"] if test["case"] == "test_backward_small")
    assert "Sigmoid.backward was left out" in public["message"]


@pytest.mark.parametrize("name", ["two_attempts", "left_over"])
def test_what_lies_about_costs_nothing(messy: Graded, name: str) -> None:
    """Earlier attempts, and scraps that do not parse or compile."""
    assert messy[name]["score"] == 100.0, lost(messy[name])


@pytest.mark.parametrize(
    ("name", "given", "asked"),
    [("renamed_class", "Relu", "ReLU"), ("renamed_variable", "linear", "layer"), ("longer_name", "MyLinear", "Linear")],
)
def test_another_name_is_taken_for_the_one_that_is_asked_for(messy: Graded, name: str, given: str, asked: str) -> None:
    """Where only one can be meant, and with a note."""
    assert messy[name]["score"] == 100.0, lost(messy[name])
    assert f"`{given}` was taken for `{asked}`" in notes(messy[name])


@pytest.mark.parametrize("name", ["in_one_cell", "in_double"])
def test_what_is_only_unusual_costs_nothing(messy: Graded, name: str) -> None:
    """All questions in one cell, which bind the same names anew; and double precision as the notebook's default."""
    assert messy[name]["score"] == 100.0, lost(messy[name])


def test_cells_in_one_are_told_by_its_number(messy: Graded) -> None:
    """A note says that it was run in pieces, which have no numbers of their own for anybody."""
    result = messy["in_one_cell"]
    assert [cell["number"] for cell in result["cells"]] == [1]
    assert "Code cell 1 answers several questions" in notes(result)
    assert {tuple(question["cells"]) for question in result["questions"]} == {(1,)}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("slips", "a colon was added"),
        ("with_a_whole_module", "were taken from the module `layers`"),
        ("with_a_module", "for it to import: layers.py"),
        ("bound_later", "what it defines uses `device`, which is bound only there"),
        ("reads_first", "raised on line 2; the imports below that were made all the same"),
        ("wrong_below", "In the notebook's own order tests fail"),
    ],
)
def test_what_leaves_no_doubt_costs_nothing(messy: Graded, name: str, said: str) -> None:
    """Slips of the hand, classes in a file beside the notebook, and names and definitions that only the order of running
    tells, with a note on each."""
    assert messy[name]["score"] == 100.0, lost(messy[name])
    assert said in notes(messy[name]) + str(messy[name]["cells"])


@pytest.mark.parametrize(("name", "reason"), [("untouched", "nothing was filled in"), ("foreign", "not one of this assignment")])
def test_what_is_no_submission_has_a_status_and_zero(messy: Graded, name: str, reason: str) -> None:
    """With the reason as the first note."""
    result = messy[name]
    assert result["status"] == name and result["score"] == 0.0 and result["max_score"] == 100.0
    assert reason in result["notes"][0]
