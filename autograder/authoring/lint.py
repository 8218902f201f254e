"""Takes a solution notebook and gives what its author should change before it is handed out.

    for finding in lint(nbformat.read("solutions/assignment.ipynb", as_version=4)):
        print(finding.cell, finding.line, finding.severity, finding.code, finding.message)

Nothing is executed, and Otter is not asked: it stops at the first mistake that it sees, and passes many without a word.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from autograder.authoring.lint_blocks import Blocks, Finding, Part, read_blocks, read_parts, reseed_of
from autograder.authoring.lint_solutions import check_given, check_solution
from autograder.authoring.lint_tests import check_questions
from autograder.submissions.source import PARSE_ERRORS

__all__ = ["Finding", "lint"]

_NOT_HERE = {
    "autograder_files": "tests run in the grader, where these files are not; write what a test needs into the test itself",
    "plugins": "no plugin runs when this grades; look in grading_config.yaml for what it did, such as rate limits or late days",
    "student_files": "the solution is verified without them, as if nobody handed them in; give what tests need as `files`",
}
"""Keys of Otter's assignment configuration that its own grader would heed."""


def lint(notebook: Any, elsewhere: Mapping[str, Any] = MappingProxyType({})) -> tuple[Finding, ...]:
    """All findings of a solution notebook (an nbformat 4 NotebookNode), in the order of its cells; none if it is fit.

    `elsewhere`: what a `config_file` says of the assignment.
    """
    found: list[Finding] = []
    blocks = read_blocks(read_parts(notebook, found), found)
    if blocks.config is not None:
        blocks.config = {**elsewhere, **blocks.config}
    doctests = _of_doctests(blocks)
    found.extend(_check_assignment(blocks, doctests))
    found.extend(_check_cells(blocks))
    found.extend(check_questions(blocks.questions, doctests=doctests))
    tests = {part.cell for question in blocks.questions for part in question.tests}
    found.extend(_check_notebook(notebook, tests if doctests else set()))
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.cell, finding.line or 0, finding.code)))


def _of_doctests(blocks: Blocks) -> bool:
    """Whether Otter takes the tests for doctests, as it does unless it is told that they are functions."""
    tests = (blocks.config or {}).get("tests")
    return not isinstance(tests, dict) or tests.get("ok_format") is not False


def _check_assignment(blocks: Blocks, doctests: bool) -> Iterator[Finding]:
    if blocks.config is None:
        text = (
            "The notebook has no assignment configuration, so Otter takes its tests for doctests; begin it with a raw cell whose "
            "first line is `# ASSIGNMENT CONFIG`."
        )
        yield Finding(cell=1, line=None, severity="warning", code="no-config", message=text)
    functions = [part for question in blocks.questions for part in question.tests if _only_defines(part)]
    if doctests and functions:
        where = blocks.config_part or functions[0]
        text = (
            f"Cell {functions[0].cell} only defines a function, which tests nothing if Otter takes it for a doctest; write "
            "`tests: {ok_format: false}` into the assignment configuration if tests are functions."
        )
        yield where.finding("ok-format", text)
    seed = (blocks.config or {}).get("seed")
    if isinstance(seed, dict) and seed.get("variable") and blocks.config_part is not None:
        text = (
            f"Otter puts another number into `{seed['variable']}` while it grades, which is not done here; let tests compute "
            "what they expect from the variable."
        )
        yield blocks.config_part.finding("not-here", text, severity="warning")
    for key, why in _NOT_HERE.items():
        if (blocks.config or {}).get(key) and blocks.config_part is not None:
            yield blocks.config_part.finding("not-here", f"Otter's `{key}` has no effect here: {why}.", severity="warning")


def _only_defines(part: Part) -> bool:
    """Whether a test cell holds the definition of one test function, and at most a call of it."""
    try:
        body = ast.parse(part.text).body
    except PARSE_ERRORS:
        return False
    kinds = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return len(kinds) == 1 and isinstance(kinds[0], ast.FunctionDef)


def _check_cells(blocks: Blocks) -> Iterator[Finding]:
    everywhere = bool((blocks.config or {}).get("strip_solutions_from_all_cells"))
    for part in blocks.solutions:
        if part.kind == "code":
            yield from check_solution(part)
            yield from _check_seeds(part, blocks.config or {})
    for part in blocks.others:
        if part.kind == "code" and everywhere:
            yield from check_solution(part, must_be_marked=False)
        elif part.kind != "raw":
            yield from check_given(part)
        if part.kind == "code":
            yield from _check_seeds(part, blocks.config or {})


def _check_seeds(part: Part, config: Mapping[str, Any]) -> Iterator[Finding]:
    if reseed_of(config) is not None:
        return
    for index, line in enumerate(part.lines):
        if line.rstrip().endswith("# SEED"):
            text = (
                "This line is not in the students' notebook, and nothing says which seed to set while it is graded; write "
                "`seed: {autograder_value: ...}` into the assignment configuration, or take the mark `# SEED` away."
            )
            yield part.finding("seed-line", text, index)


def _check_notebook(notebook: Any, tests: set[int]) -> Iterator[Finding]:
    """`tests`: cells whose saved outputs are what doctests expect."""
    kernel = notebook.metadata.get("kernelspec")
    if not kernel or str(kernel.get("language", "python")).lower() != "python":
        text = (
            "The notebook does not say that its kernel is Python, which Otter needs; choose a Python kernel in "
            "Jupyter and save it."
        )
        yield Finding(cell=1, line=None, severity="error", code="no-kernel", message=text)
    saved = [number for number, cell in enumerate(notebook.cells, 1) if cell.get("outputs") and number not in tests]
    if saved:
        which = f"Cells {', '.join(map(str, saved[:20]))} hold" if len(saved) > 1 else f"Cell {saved[0]} holds"
        text = f"{which} saved outputs, which are not trusted; clear all outputs and save the notebook."
        yield Finding(cell=saved[0], line=None, severity="warning", code="saved-outputs", message=text)
