"""Proves what can be proved of an assignment on systems that cannot confine student code: its own solution runs to the end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.config import Config
from autograder.grading.data import unpack_mnist
from autograder.grading.literals import replace_literals

NOT_PROVED = (
    "Not proved here, because only Linux can run the grader: that the solution earns everything and the template nothing. "
    "Run `autograder generate --check` on Linux, for example in CI, before the template is handed out."
)
SECONDS = 900
"""For one cell."""


def unfit_to_run(config: Config, solution: bytes, student: Mapping[str, bytes], work: Path) -> Iterator[str]:
    """One sentence if the solution notebook does not run from top to bottom in a Jupyter kernel, with MNIST where it looks.

    `student`: path -> content of what a student gets: the solution takes the template's place among its tests. Its training
    is cut short as that of a submission is.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError

    folder = work / "kernel"
    folder.mkdir()
    unpack_mnist(work / "data")
    (folder / "data").symlink_to(work / "data")
    for name, content in student.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(solution if name.endswith(".ipynb") else content)
    notebook = nbformat.reads(solution.decode(), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and config.training is not None:
            cell.source = replace_literals(cell.source, config.training.cell.literals)
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(folder)}})
    try:
        client.execute(stderr=subprocess.DEVNULL)  # what a kernel warns of is its own affair
    except (CellExecutionError, CellControlSignal) as error:
        yield f"the solution does not run from top to bottom: {str(error).strip().splitlines()[-1]}"
