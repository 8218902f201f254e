"""Reads what students were given: a template, or a notebook beside its tests, in; an assignment of public tests alone out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, CellOutline, Question
from autograder.authoring.testfiles import read_question
from autograder.config import AssignmentSection, Config, ExecutionSection, SandboxSection
from autograder.errors import AuthoringError, UsageError
from autograder.submissions.outline import outline_cell
from autograder.variants.bases import template_cells

_CHECK = re.compile(r'^\s*grader\.(?:check\(\s*["\'](?P<question>\w+)["\']|check_all\(|export\()', re.MULTILINE)


def template_handout(config: Config) -> Assignment:
    """The assignment as the template of a configuration has it. Raises UsageError if there is none yet."""
    folder = config.resolve(config.assignment.template)
    notebook = folder / config.assignment.solution.name
    if not notebook.is_file():
        raise UsageError(f"{notebook}: there is no student template yet; run `autograder generate` first")
    content = _read(notebook)
    return _handout(content, folder / "tests", config.assignment.name, config.assignment.title, template_cells(content))


def own_handout(notebook: Path) -> Assignment:
    """The assignment as a student's own folder has it: the tests beside the notebook, the questions where its check cells are.

    Raises UsageError, which says where tests were looked for, if there are none.
    """
    tests = notebook.parent / "tests"
    if not any(tests.glob("*.py")):
        raise UsageError(
            f"{notebook}: no public tests: there is no grading_config.yaml here, and no folder `tests` beside the notebook. "
            "Put the notebook back into the folder that it was handed out in, or name the configuration with --config"
        )
    name = re.sub(r"[^A-Za-z0-9_.-]|^[^A-Za-z0-9]+", "", notebook.stem) or "notebook"
    assignment = _handout(_read(notebook), tests, name, notebook.stem, ())
    if not any(cell.question for cell in assignment.outline):
        raise UsageError(
            f"{notebook}: its questions cannot be told: it has no `grader.check(...)` cells behind its answers any more; "
            "put the answers back into the notebook that was handed out, or name the configuration with --config"
        )
    return assignment


def own_settings(assignment: Assignment, notebook: Path) -> Config:
    """Settings for a folder without a configuration: the defaults, and time for a training that is not cut short."""
    section = AssignmentSection(name=assignment.name, title=assignment.title, solution=Path(notebook.name))
    limits = ExecutionSection(cell_seconds=600, submission_seconds=1200)
    return Config(assignment=section, execution=limits, sandbox=SandboxSection(cpu_seconds=1200), path=notebook)


def _read(notebook: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(notebook.read_bytes())
        template_cells(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{notebook}: is not a notebook that can be read: {error}") from error
    return content


def _handout(content: Mapping[str, Any], tests: Path, name: str, title: str, template: Sequence[str]) -> Assignment:
    """`template`: the code cells as they were handed out, if they are known."""
    questions = _public({path.stem: path for path in sorted(tests.glob("*.py"))})
    outline = _outline(content, questions)
    order = list(dict.fromkeys(cell.question for cell in outline if cell.question is not None))
    return Assignment(
        name=name,
        title=title,
        questions=tuple(questions[question] for question in [*order, *sorted(questions.keys() - set(order))]),
        outline=outline,
        complete=tuple(template_cells(content)),
        template=tuple(template),
        solution_digest="",
        versions={},
    )


def _public(files: Mapping[str, Path]) -> dict[str, Question]:
    questions = {}
    for name, path in files.items():
        try:
            questions[name] = read_question(name, path.read_text(encoding="utf-8"))
        except (AuthoringError, OSError, ValueError) as error:
            raise UsageError(f"{path}: is not a test file as it was handed out: {error}") from error
    return questions


def _outline(notebook: Mapping[str, Any], questions: Mapping[str, Question]) -> tuple[CellOutline, ...]:
    """Names of the code cells without Otter's; those marked as answers belong to the question that is checked behind them."""
    cells: list[str] = []
    owner: dict[int, str] = {}
    pending: list[int] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        found = _CHECK.search(source)
        if found and found["question"] in questions:
            owner.update(dict.fromkeys(pending, found["question"]))
        if found:
            pending = []
        if "grader" in source:
            continue
        if "otter_answer_cell" in cell.get("metadata", {}).get("tags", []):
            pending.append(len(cells))
        cells.append(source)
    outline = []
    for number, source in enumerate(cells):
        binds, definitions, uses = outline_cell(source)
        outline.append(CellOutline(question=owner.get(number), binds=binds, definitions=definitions, uses=uses))
    return tuple(outline)
