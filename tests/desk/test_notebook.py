"""The template in a real Jupyter kernel: untouched, with mistakes, and complete; renamed, in an empty folder, and offline."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.grading.data import unpack_mnist
from autograder.submissions import discover, read_submission
from tests.desk.kernel import FEWER_IMAGES, checks, run, shown, template
from tests.samples import ALL

MISTAKES = {
    "y = x @ self.weight + self.bias": "y = x @ self.weight",
    "self.bias_grad = dupstream.sum(dim=0)": "self.bias_grad = dupstream",
    "y = torch.clamp(x, min=0)": "y = torch.clmp(x, min=0)",
    "dx = dupstream * y * (1 - y)": "dx = ...",
}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The template as it is, run in an empty folder; without the cell that needs MNIST, which is not there."""
    notebook = template(())
    notebook.cells = [cell for cell in notebook.cells if "datasets.MNIST(" not in cell.source]
    return run(notebook, tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The first classes with mistakes, everything else not attempted."""
    notebook = template({"linear", "linear_use", "relu", "sigmoid", "activations_use"}, MISTAKES)
    notebook.cells = notebook.cells[: next(at for at, cell in enumerate(notebook.cells) if "2.2 With PyTorch" in cell.source)]
    return run(notebook, tmp_path_factory.mktemp("wrong"), errors=True)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The complete notebook under another name, with a name for the export, beside MNIST; and its folder."""
    folder = tmp_path_factory.mktemp("complete") / "desk"
    unpack_mnist(folder.parent / "data")
    folder.mkdir()
    told = nbformat.v4.new_code_cell("import sys\nprint({'otter', 'autograder'} & sys.modules.keys())")
    notebook = template(None, {**FEWER_IMAGES, 'export(name="")': 'export(name="Ada Lovelace")'})
    notebook.cells.append(told)
    nbformat.write(notebook, folder / "my work.ipynb")
    return run(notebook, folder), folder


def test_an_untouched_template_says_not_attempted_yet_everywhere_and_raises_nothing(untouched: Any) -> None:
    """Every check says so, and so does every cell that a blank stops: no traceback from top to bottom."""
    answers = checks(untouched)
    assert answers.keys() == ALL
    assert all("not attempted yet" in answer for answer in answers.values()), answers
    for cell in untouched.cells:
        assert not any(output.output_type == "error" for output in cell.get("outputs", ())), cell.source
    (use,) = [
        cell for cell in untouched.cells if cell.source.startswith("# Sizes of a small example\nn_samples, in_features, out")
    ]
    assert "not attempted yet: `...` stands in lines 9, 11 and 13 of this cell" in shown(use)


def test_check_all_and_export_work_on_an_untouched_template(untouched: Any) -> None:
    """One line a question; the export says what it needs, and makes nothing where there is no file."""
    said = {cell.source.splitlines()[-1]: shown(cell) for cell in untouched.cells if cell.cell_type == "code"}
    assert (
        "0 of 13 questions pass" in said["grader.check_all()"]
        and "mnist              not attempted yet" in said["grader.check_all()"]
    )
    assert "Nothing was made: this notebook's file is not in" in said['grader.export(name="")']


def test_messages_name_the_case_the_shapes_the_largest_difference_and_where_to_look(wrong: Any) -> None:
    """A wrong value, a wrong shape, a slip that raises and a blank each have a message of their own, without a traceback."""
    answers = checks(wrong)
    assert "1 of 3 tests pass" in answers["linear"]
    assert "hold it against y = xW + b. For x = [[1, 2], [3, -1]] expected" in answers["linear"]
    assert "the largest difference is 0.5" in answers["linear"]
    assert "`bias_grad` should have shape [3], not [2, 3]" in answers["linear"]
    assert (
        "`ReLU.forward` raised AttributeError in line 20 of its cell: module 'torch' has no attribute 'clmp'" in answers["relu"]
    )
    assert "> y = torch.clmp(x, min=0)" in answers["relu"] and "Traceback" not in answers["relu"]
    assert "1 of 2 tests pass; not finished yet: `...` still stands in line 36 of the cell" in answers["sigmoid"]
    assert "✓ linear_use: the test passes" in answers["linear_use"]


def test_an_error_of_the_students_own_stays_a_traceback(wrong: Any) -> None:
    """Only blanks are explained away: a slip in a cell is shown as Python shows it."""
    (use,) = [cell for cell in wrong.cells if "relu = ReLU()" in cell.source]
    assert "AttributeError: module 'torch' has no attribute 'clmp'" in shown(use)


def test_a_slip_in_a_cell_that_uses_an_answer_is_shown_at_its_own_line(tmp_path: Path) -> None:
    """Also in a cell that a blank could have stopped: the first one to use a name, and one that is run again."""
    notebook = template({"linear", "linear_use"})
    use = next(cell for cell in notebook.cells if cell.cell_type == "code" and "layer = Linear(" in cell.source)
    lines = use.source.splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("y = "))
    lines[line - 1] = "y = layer.forwrd(x)"
    use.source = "\n".join(lines)
    notebook.cells = notebook.cells[: notebook.cells.index(use) + 1]
    notebook.cells.append(nbformat.v4.new_code_cell(use.source))
    for cell in run(notebook, tmp_path, errors=True).cells[-2:]:
        (output,) = cell.outputs
        trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
        assert f"> {line} y = layer.forwrd(x)" in trace and "has no attribute 'forwrd'" in trace, trace
        assert not any(f"> {number} " in trace for number in range(1, len(lines) + 1) if number != line), trace


def test_a_check_says_when_the_last_run_of_its_cell_stopped_and_which_rule_it_does_not_look_at(tmp_path: Path) -> None:
    """A cell that no longer parses leaves the answer before it in place: the check is about that, and says so."""
    notebook = template({"relu"})
    at = next(at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code" and "class ReLU" in cell.source)
    cell = nbformat.v4.new_code_cell
    broken = notebook.cells[at].source.replace("y = torch", "y = = torch")
    again = [cell('grader.check("relu")'), cell(broken), cell('grader.check("relu")'), cell(notebook.cells[at].source)]
    notebook.cells = [*notebook.cells[: at + 1], *again, cell('grader.check("relu")'), cell("grader.check()")]
    first, _, second, _, third, nameless = map(shown, run(notebook, tmp_path, errors=True).cells[-6:])
    assert all(answer.startswith("✓ relu: all tests pass") for answer in (first, second, third))
    assert "The last run of its cell stopped (SyntaxError)" in second and not ("stopped" in first or "stopped" in third)
    assert "Grading looks at a rule, too, and this check does not: " in first
    assert 'say which question, as in `grader.check("linear")`' in nameless


def test_the_html_of_an_answer_is_short_and_escapes_what_students_wrote(wrong: Any) -> None:
    """In a notebook the answer is HTML: no script, code marked as code."""
    (cell,) = [cell for cell in wrong.cells if cell.source == 'grader.check("relu")']
    (output,) = cell.outputs
    html = output.data["text/html"]
    assert "<code>ReLU.forward</code>" in html and "<pre" in html and "`" not in html and len(html) < 2000


def test_a_complete_notebook_passes_under_another_name_with_nothing_installed(complete: tuple[Any, Path]) -> None:
    """All checks pass, in the end too, when later cells have bound names anew; neither Otter nor this package is used."""
    notebook, _ = complete
    assert all(answer.startswith("✓") for answer in checks(notebook).values()), checks(notebook)
    (everything,) = [cell for cell in notebook.cells if cell.source.endswith("grader.check_all()")]
    assert "13 of 13 questions pass" in shown(everything)
    assert shown(notebook.cells[-1]).strip() == "set()"


def test_a_finished_training_cell_shows_its_curves(complete: tuple[Any, Path]) -> None:
    """The training cell ends with a picture."""
    notebook, _ = complete
    (training,) = [cell for cell in notebook.cells if cell.source.startswith("# TODO: the network's dimensions")]
    assert any("image/png" in output.get("data", {}) for output in training.outputs)


def test_the_export_is_tried_out_and_can_be_graded(complete: tuple[Any, Path]) -> None:
    """The zip carries the student's name and the notebook as saved; it was run afresh, and our reader reads it."""
    notebook, folder = complete
    (cell,) = [cell for cell in notebook.cells if "grader.export(" in cell.source]
    said = shown(cell)
    assert "Made `my work_Ada-Lovelace.zip`" in said and "it runs from top to bottom" in said, said
    assert "Run afresh, 13 of 13 questions pass" in said
    path = folder / "my work_Ada-Lovelace.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["my work.ipynb"]
        assert json.loads(archive.read("my work.ipynb")) == json.loads((folder / "my work.ipynb").read_bytes())
    (found,) = discover([path]).found
    assert len(read_submission(found, ()).cells) == sum(cell.cell_type == "code" for cell in notebook.cells)
