"""Runs the student template in a real Jupyter kernel, filled in as far as a test wants it, and gives what its cells showed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.samples import TEMPLATE, filled

FEWER_IMAGES = {
    "epochs = 10": "epochs = 2",
    "DataLoader(train_data,": "DataLoader(torch.utils.data.Subset(train_data, range(640)),",
    "DataLoader(test_data,": "DataLoader(torch.utils.data.Subset(test_data, range(1000)),",
}
"""Edits that keep the training short."""


def template(answered: Collection[str] | None = None, edits: Mapping[str, str] | None = None) -> Any:
    """The template as a notebook, with the solution's work in the cells of the questions `answered` (None: of all).

    `edits`: text in exactly one code cell, and what stands there instead.
    """
    notebook = nbformat.from_dict(json.loads(TEMPLATE.read_bytes()))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    owner = owners(code)
    for at, (cell, source) in enumerate(zip(code, filled(), strict=True)):
        cell.source = "".join(cell.source)
        if answered is None or owner.get(at) in answered:
            cell.source = source
    for old, new in (edits or {}).items():
        (hit,) = [cell for cell in code if old in cell.source and "b64decode" not in cell.source]
        hit.source = hit.source.replace(old, new)
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
    return notebook


def owners(code: list[Any]) -> dict[int, str]:
    """Place of each answer cell among the code cells -> its question, by the check cell behind it."""
    found = {}
    for at, cell in enumerate(code):
        source = "".join(cell.source)
        if source.startswith("grader.check("):
            found[at - 1] = source.split('"')[1]
    return found


def run(notebook: Any, folder: Path, *, errors: bool = False, environment: Mapping[str, str] | None = None) -> Any:
    """Run a notebook in a kernel whose working directory is `folder`; raises where a cell does, unless `errors` are allowed."""
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", allow_errors=errors, resources={"metadata": {"path": str(folder)}}
    )
    own = {name: value for name, value in (environment or os.environ).items() if name != "MPLBACKEND"}  # a test beside may set it
    client.execute(stderr=subprocess.DEVNULL, env=own)
    return notebook


def shown(cell: Any) -> str:
    """What a cell showed, as text: printed, displayed and returned."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(str(output.data.get("text/plain", "")))
    return "\n".join(parts)


def checks(notebook: Any) -> dict[str, str]:
    """Question -> what its check cell showed."""
    return {
        cell.source.split('"')[1]: shown(cell)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("grader.check(")
    }
