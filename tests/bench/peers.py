"""What the peers take for the same work: Otter's own runner, nbgrader's autograder, and nbconvert, which only runs the cells.

All of them are given the filled-in template, with or without its MNIST cells, and MNIST's files where the notebook looks for
them. Otter grades with its own zip of the same questions; nbgrader with the same test functions, public and hidden, as the
cells of a course of its own.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.assignment import Assignment, Question
from autograder.grading.data import unpack_mnist
from autograder.variants.bases import notebook
from tests.bench.measure import SELDOM, Cost, run
from tests.samples import ROOT, filled

CHECK = re.compile(r"""grader\.check\(["'](\w+)["']\)""")
NBGRADER = "import sys; from nbgrader.apps import NbGraderApp; sys.argv[0] = 'nbgrader'; NbGraderApp.launch_instance()"


def _runs(command: list[str | Path], folder: Path, repeats: int) -> list[Cost]:
    """A command's costs: memory as it was seen in passing, so that a short peak may be missed, to the peer's advantage."""
    return [run(command, cwd=folder, looks=SELDOM) for _ in range(repeats)]


def cells(folder: Path, *, mnist: bool) -> list[str]:
    """The filled-in template's code cells, for a folder that has the data in it."""
    if not (folder / "data").exists():
        unpack_mnist(folder / "data")
    sources = [source.replace("'../data'", repr(str(folder / "data"))) for source in filled()]
    return sources if mnist else without_mnist(sources)


def without_mnist(sources: list[str]) -> list[str]:
    """These cells without those that need MNIST."""
    return [source for source in sources if "datasets.MNIST" not in source and "train_losses" not in source]


def otter(folder: Path, *, mnist: bool, repeats: int) -> list[Cost]:
    """`otter run` with Otter's own zip."""
    submission = folder / "neural_networks.ipynb"
    submission.write_bytes(notebook(cells(folder, mnist=mnist), otter={"assignment_name": "neural-networks"}))
    zip_path = ROOT / "dist" / "neural-networks-otter.zip"
    command: list[str | Path] = [sys.executable, "-m", "otter", "run", "-a", zip_path, "-o", folder, submission]
    return _runs(command, folder, repeats)


def nbconvert(folder: Path, *, mnist: bool, repeats: int) -> list[Cost]:
    """`nbconvert --execute`: the cells are run, and nothing is judged."""
    submission = folder / "executed.ipynb"
    submission.write_bytes(notebook([source for source in cells(folder, mnist=mnist) if not _is_otters(source)]))
    command: list[str | Path] = [
        sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook", "--ExecutePreprocessor.timeout=-1",
        "--output-dir", folder / "out", submission,
    ]  # fmt: skip
    return _runs(command, folder, repeats)


def nbgrader(folder: Path, assignment: Assignment, *, mnist: bool, repeats: int) -> list[Cost]:
    """`nbgrader autograde` for one submission of a course that was set up before."""
    course = folder / f"course-{'with' if mnist else 'without'}"
    for place in (course / "source" / "one", course / "submitted" / "student" / "one"):
        place.mkdir(parents=True)
        asked = [question for question in assignment.questions if mnist or question.name != "mnist"]
        nbformat.write(_graded_cells(cells(folder, mnist=mnist), asked), place / "work.ipynb")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\nc.ExecutePreprocessor.timeout = -1\n"
        "c.ClearSolutions.enforce_metadata = False\n",
        encoding="utf-8",
    )
    run([sys.executable, "-c", NBGRADER, "generate_assignment", "one"], cwd=course)
    found = _runs([sys.executable, "-c", NBGRADER, "autograde", "one", "--force"], course, repeats)
    _require_full_marks(course / "autograded" / "student" / "one" / "work.ipynb")
    return found


def _graded_cells(sources: list[str], asked: list[Question]) -> nbformat.NotebookNode:
    """A notebook with the tests of each question that is asked as a cell that nbgrader grades, right where Otter checks them."""
    questions = {question.name: question for question in asked}
    made = []
    for source in sources:
        check = CHECK.search(source)
        if check is not None and check[1] in questions:
            question = questions[check[1]]
            metadata = {
                "grade": True, "grade_id": question.name, "locked": True, "points": question.points, "schema_version": 3,
                "solution": False, "task": False,
            }  # fmt: skip
            made.append(new_code_cell(_tests(question), metadata={"nbgrader": metadata}))
        elif not _is_otters(source):
            made.append(new_code_cell(source))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=made, metadata={"kernelspec": kernel})


def _tests(question: Question) -> str:
    """A question's test functions as plain ones, and a call of each."""
    functions = [part for part in ast.parse(question.source).body if isinstance(part, ast.FunctionDef)]
    for function in functions:
        function.decorator_list = []
    calls = [f"{function.name}({', '.join(argument.arg for argument in function.args.args)})" for function in functions]
    return "\n\n".join([*map(ast.unparse, functions), "\n".join(calls)])


def _is_otters(source: str) -> bool:
    return "grader." in source or "otter.Notebook" in source


def _require_full_marks(path: Path) -> None:
    """The tests must have passed, or the time would be that of something else."""
    graded = nbformat.read(path, as_version=4)
    for cell in graded.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and any(output.output_type == "error" for output in cell.outputs):
            raise SystemExit(f"nbgrader: the tests of {cell.metadata.nbgrader.grade_id} failed on the complete solution")
