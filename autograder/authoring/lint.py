"""Takes a solution notebook and gives what its author should change before it is handed out.

    for finding in lint(nbformat.read("solutions/assignment.ipynb", as_version=4)):
        print(finding.cell, finding.line, finding.severity, finding.code, finding.message)

Nothing is executed, and Otter is not asked: it stops at the first mistake that it sees, and passes many without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.authoring.lint_blocks import Blocks, Finding, read_blocks, read_parts
from autograder.authoring.lint_solutions import check_given, check_solution
from autograder.authoring.lint_tests import check_questions

__all__ = ["Finding", "lint"]


def lint(notebook: Any) -> tuple[Finding, ...]:
    """All findings of a solution notebook (an nbformat 4 NotebookNode), in the order of its cells; none if it is fit."""
    found: list[Finding] = []
    blocks = read_blocks(read_parts(notebook, found), found)
    found.extend(_check_assignment(blocks))
    found.extend(_check_cells(blocks))
    found.extend(check_questions(blocks.questions))
    found.extend(_check_notebook(notebook))
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.cell, finding.line or 0, finding.code)))


def _check_assignment(blocks: Blocks) -> Iterator[Finding]:
    if blocks.config is None or blocks.config_part is None:
        text = "The notebook has no assignment configuration; begin it with a raw cell whose first line is `# ASSIGNMENT CONFIG`."
        yield Finding(cell=1, line=None, severity="error", code="no-config", message=text)
        return
    tests = blocks.config.get("tests")
    if not isinstance(tests, dict) or tests.get("ok_format") is not False:
        text = (
            "Tests are functions here, which Otter must be told; write `tests: {ok_format: false}` into the "
            "assignment configuration."
        )
        yield blocks.config_part.finding("ok-format", text)


def _check_cells(blocks: Blocks) -> Iterator[Finding]:
    everywhere = bool((blocks.config or {}).get("strip_solutions_from_all_cells"))
    for part in blocks.solutions:
        if part.kind == "code":
            yield from check_solution(part)
    for part in blocks.others:
        if part.kind == "code" and everywhere:
            yield from check_solution(part, must_be_marked=False)
        elif part.kind != "raw":
            yield from check_given(part)


def _check_notebook(notebook: Any) -> Iterator[Finding]:
    kernel = notebook.metadata.get("kernelspec")
    if not kernel or str(kernel.get("language", "python")).lower() != "python":
        text = (
            "The notebook does not say that its kernel is Python, which Otter needs; choose a Python kernel in "
            "Jupyter and save it."
        )
        yield Finding(cell=1, line=None, severity="error", code="no-kernel", message=text)
    saved = [number for number, cell in enumerate(notebook.cells, 1) if cell.get("outputs")]
    if saved:
        which = f"Cells {', '.join(map(str, saved[:20]))} hold" if len(saved) > 1 else f"Cell {saved[0]} holds"
        text = f"{which} saved outputs, which are not trusted; clear all outputs and save the notebook."
        yield Finding(cell=saved[0], line=None, severity="warning", code="saved-outputs", message=text)
