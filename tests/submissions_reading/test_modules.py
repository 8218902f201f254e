"""What a notebook imports from files that were handed in with it is part of the work."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment import CellOutline
from autograder.config import Rule
from autograder.submissions import Cell, Found, align, check_rules, read_submission
from autograder.submissions.modules import provided, spelled_out, written
from autograder.submissions.notebook import Module
from autograder.submissions.outline import outline_cell
from autograder.submissions.surroundings import surroundings
from tests.submissions_reading.packing import notebook, zipped

LAYERS = "import torch\n\nclass Linear:\n    def forward(self, x):\n        return torch.nn.functional.linear(x)\n"


def cells(*sources: str) -> list[Cell]:
    """Code cells, in order."""
    return [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)]


def test_modules_beside_the_notebook_and_below_are_read(tmp_path: Path) -> None:
    """And those of the folder above; files that cannot be imported are not. The note names what is imported."""
    files = {
        "hw/work.ipynb": notebook("from layers import Linear\nimport parts.more"),
        "hw/layers.py": LAYERS.encode(), "hw/parts/more.py": b"", "hw/not-a-module.py": b"", "other/else.py": b"",
        "data/load.py": b"",
    }  # fmt: skip
    (tmp_path / "hw.zip").write_bytes(zipped(files))
    read = read_submission(Found("hw", str(tmp_path / "hw.zip")))
    assert [module.path for module in read.modules] == ["layers.py", "../other/else.py", "parts/more.py"]
    assert read.modules[0].source == LAYERS
    assert "Handed in with the notebook, for it to import: layers.py, parts/more.py." in read.notes
    assert surroundings(read.cells, read.modules) == ()


@pytest.mark.parametrize("source", ["from layers import Linear", "from layers import *", "%run layers.py"])
@pytest.mark.parametrize("by_cell", [False, True])
def test_a_class_is_answered_where_it_is_imported(source: str, by_cell: bool) -> None:
    """Whether the module was handed in or written by a cell."""
    handed = cells("import torch", f"%%writefile layers.py\n{LAYERS}" if by_cell else "a = 1", source, "b = 2")
    modules = written(handed) if by_cell else (Module(path="layers.py", source=LAYERS),)
    binds, definitions, uses = outline_cell(LAYERS)
    outline = [CellOutline(question="linear", binds=binds, definitions=definitions, uses=uses)]
    assert align(outline, handed, {}, provided(modules)).boundaries == {"linear": 3}


def test_a_class_is_found_that_a_package_hands_on_or_that_lies_where_the_notebook_looks() -> None:
    """`from .linear import Linear` in a package, and `sys.path.append("src")` or `".."` in the notebook."""
    for source, *modules in (
        ("from layers import Linear", ("layers/__init__.py", "from .linear import Linear"), ("layers/linear.py", LAYERS)),
        ("from layers import *", ("src/layers.py", LAYERS)),
        ("from layers import *", ("../layers.py", LAYERS)),
    ):
        binds, definitions, uses = outline_cell(LAYERS)
        outline = [CellOutline(question="linear", binds=binds, definitions=definitions, uses=uses)]
        handed = tuple(Module(path=path, source=text) for path, text in modules)
        assert align(outline, cells("a = 1", source), {}, provided(handed)).boundaries == {"linear": 2}, source


def test_rules_hold_in_modules_too() -> None:
    """What is ruled out is named with the file and the line."""
    rule = Rule(name="basic", title="basic operations only", applies={"linear": ("Linear",)}, forbidden=("torch.nn",))
    found = check_rules([rule], cells("from layers import Linear"), None, (Module(path="layers.py", source=LAYERS),))
    (violation,) = found["linear"]
    assert violation.thing == "torch.nn.functional.linear" and violation.cell is None and violation.line == 5
    assert "`layers.py`" in violation.message


def test_names_of_a_module_that_is_imported_as_a_whole_are_taken_from_it() -> None:
    """`L.Linear` is not `Linear`: what is asked for is imported behind it, unless the notebook has it of its own."""
    modules = provided((Module(path="parts/layers.py", source=LAYERS), Module(path="other.py", source="class Other: pass")))
    asked = {"Linear", "Net", "ReLU"}
    for source in ("import parts.layers as L", "from parts import layers"):
        made, notes = spelled_out(cells("x = 1", source, "class Net: pass"), modules, asked)
        assert [cell.source for cell in made] == ["x = 1", f"{source}\nfrom parts.layers import Linear", "class Net: pass"]
        assert notes == ("`Linear` was taken from the module `parts.layers`.",)
    for others in (["import other"], ["import parts.layers", "class Linear: pass"], ["from parts.layers import Linear"]):
        assert spelled_out(cells(*others), modules, asked) == (tuple(cells(*others)), ())
