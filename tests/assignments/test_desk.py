"""The student's desk of other assignments: `autograder check` and `grader.check`, with data, doctests and several files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.assignment import is_otters
from autograder.results import Status
from autograder.variants import notebook
from tests.assignments.conftest import Made, Make, points, unhappy
from tests.commands import Run, autograder
from tests.desk.kernel import checks, run
from tests.samples import ROOT

HERE = Path(__file__).parent
CONFIG = "assignment:\n  name: {name}\n  title: From Otter\n  solution: {name}.ipynb\n"
ALL = {
    "kmeans": ("assign", "update", "kmeans", "use", "plot"), "statistics": ("q1", "q2", "q6", "q5"),
    "functions": ("area", "volume"), "minimal": ("reverse",),
}  # fmt: skip


@pytest.fixture(scope="module")
def all_made(make: Make) -> Mapping[str, Made]:
    """The assignments of this folder, generated."""
    others = {name: make(HERE / "otter" / name, CONFIG.format(name=name)) for name in ALL if name != "kmeans"}
    return {"kmeans": make(HERE / "kmeans"), **others}


@pytest.fixture(params=ALL)
def made(request: pytest.FixtureRequest, all_made: Mapping[str, Made]) -> Made:
    """Each of them in turn."""
    return all_made[request.param]


def _questions(made: Made) -> tuple[str, ...]:
    return ALL[made.template.stem]


def _filled(made: Made, changes: Mapping[str, str] | None = None) -> Any:
    """The template with complete work in its cells."""
    content = nbformat.from_dict(json.loads(made.template.read_bytes()))
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    for cell, source in zip(code, made.filled(changes), strict=True):
        if not is_otters("".join(cell.source)):
            cell.source = source
    for cell in content.cells:
        cell.source = "".join(cell.source)
    return content


def _at_home(made: Made, folder: Path, changes: Mapping[str, str] | None = None, *, filled: bool = True) -> Path:
    """What a student has in a folder: all that came with the template, and their notebook under another name."""
    shutil.copytree(made.template.parent, folder, dirs_exist_ok=True)
    (folder / made.template.name).rename(folder / "mine.ipynb")
    if filled:
        nbformat.write(_filled(made, changes), folder / "mine.ipynb")
    return folder


def _verdicts(ran: Run) -> dict[str, str]:
    """Question -> what the line that begins with its mark says."""
    lines = [line.split(maxsplit=2) for line in ran.stdout.splitlines() if line[:1] in ("✓", "✗", "–")]
    return {name: said for _, name, said in lines}


def test_complete_work_passes_and_the_template_is_not_attempted_yet(made: Made, tmp_path: Path) -> None:
    """With the configuration: files of the assignment are there, and no blank becomes an error of some test's."""
    config = ("--config", made.folder / "grading_config.yaml")
    complete = tmp_path / "complete.ipynb"
    complete.write_bytes(notebook(made.filled()))
    ran = autograder("check", complete, *config)
    assert ran.returncode == 0 and len(_verdicts(ran)) == len(_questions(made)), ran.stdout + ran.stderr
    ran = autograder("check", made.template, *config)
    assert ran.returncode == 1 and _verdicts(ran) == dict.fromkeys(_questions(made), "not attempted yet"), ran.stdout
    assert "✗" not in ran.stdout and "raised" not in ran.stdout


def test_a_student_checks_with_what_was_handed_out_alone(made: Made, tmp_path: Path) -> None:
    """Without a configuration: tests from the set-up cell, from Otter's metadata or beside, and the files that cells name."""
    ran = autograder("check", "mine.ipynb", cwd=_at_home(made, tmp_path / "home"))
    assert ran.returncode == 0 and tuple(_verdicts(ran)) == _questions(made), ran.stdout + ran.stderr
    ran = autograder("check", "mine.ipynb", cwd=_at_home(made, tmp_path / "fresh", filled=False))
    assert ran.returncode == 1 and len(_verdicts(ran)) == len(_questions(made)), ran.stdout + ran.stderr
    assert all("not attempted yet" in said or "not finished yet" in said for said in _verdicts(ran).values()), ran.stdout


def test_a_doctest_says_what_it_should_show_and_shows(all_made: Mapping[str, Made], tmp_path: Path) -> None:
    """As in the grader, though it runs in the notebook's own process, where nothing of the grader can be read."""
    home = _at_home(all_made["statistics"], tmp_path / "home", {"sum(values) / len(values)": "7"})
    ran = autograder("check", "mine.ipynb", "q1", cwd=home)
    assert ran.returncode == 1 and "should show True, and shows False" in ran.stdout, ran.stdout + ran.stderr


def test_only_what_the_notebook_names_comes_along(all_made: Mapping[str, Made], tmp_path: Path) -> None:
    """Neither what lies beside it by chance nor what a link leads to elsewhere: a notebook may be in a folder full of papers."""
    home = _at_home(all_made["functions"], tmp_path / "home")
    (home / "diary.txt").write_text("private")
    (tmp_path / "secret.txt").write_text("private")
    (home / "out.txt").symlink_to(tmp_path / "secret.txt")
    content = nbformat.read(home / "mine.ipynb", as_version=4)
    look = "import os; assert sorted(os.listdir()) == ['data'], os.listdir()\nnames = 'out.txt', '../secret.txt', '/etc/passwd'"
    content.cells.insert(1, nbformat.v4.new_code_cell(look))
    nbformat.write(content, home / "mine.ipynb")
    ran = autograder("check", "mine.ipynb", cwd=home)
    assert ran.returncode == 0 and "AssertionError" not in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kmeans", "functions"])
def test_the_notebooks_own_checks_pass_in_a_kernel(name: str, all_made: Mapping[str, Made], tmp_path: Path) -> None:
    """`grader.check` of each question, in the folder that students have; with doctests, `grader` is Otter's own."""
    home = _at_home(all_made[name], tmp_path / "home")
    content = nbformat.read(home / "mine.ipynb", as_version=4)
    content.cells = [cell for cell in content.cells if "grader.export(" not in cell.source or "b64decode" in cell.source]
    shown = checks(run(content, home))
    assert shown and all("pass" in said for said in shown.values()), shown


def test_a_question_of_two_functions_is_answered_in_any_order(all_made: Mapping[str, Made], tmp_path: Path) -> None:
    """It is judged where both of its functions are there, not behind the one that comes last in the solution."""
    made = all_made["functions"]
    cells = made.filled()
    first, second = (next(at for at, cell in enumerate(cells) if f"def {name}(" in cell) for name in ("area", "circumference"))
    cells[first], cells[second] = cells[second], cells[first]
    swapped = tmp_path / "swapped.ipynb"
    swapped.write_bytes(notebook(cells))
    result = made.grade(swapped)
    assert result.status is Status.GRADED and points(result) == {"area": 4, "volume": 3}, unhappy(result)
    assert len(result.questions[0].cells) == 2


def test_the_working_directory_gives_nothing(all_made: Mapping[str, Made], tmp_path: Path) -> None:
    """Data is the assignment's own, wherever the command is typed."""
    complete = tmp_path / "complete.ipynb"
    complete.write_bytes(notebook(all_made["statistics"].filled()))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "heights.csv").write_text("name,height\n")
    ran = autograder("check", complete, "q2", "--config", all_made["statistics"].folder / "grading_config.yaml", cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
