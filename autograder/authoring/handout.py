"""Reads what students were given: a template, or a notebook beside its tests, in; an assignment of public tests alone out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Assignment, CellOutline, Question, TestCase, is_otters
from autograder.authoring import beside
from autograder.authoring.assemble import MANUAL, outlined
from autograder.authoring.companions import assignment_config, own_modules, read_master
from autograder.authoring.desk import held_in
from autograder.authoring.lint_blocks import reseed_of
from autograder.authoring.notebook_imports import import_statements
from autograder.authoring.testfiles import collect_tests, read_question
from autograder.config import AssignmentSection, Config, ExecutionSection, SandboxSection, TrainingCell, TrainingSection
from autograder.desk import handout as desk
from autograder.desk.handout import Handout
from autograder.errors import AuthoringError, UsageError
from autograder.submissions.outline import outline_cell
from autograder.variants.bases import code_cells

_CHECK = re.compile(r'^\s*grader\.(?:check\(\s*["\'](?P<question>\w+)["\']|check_all\(|export\()', re.MULTILINE)


def template_handout(config: Config) -> Assignment:
    """The assignment as the template of a configuration has it. Raises UsageError if there is none yet."""
    folder = config.resolve(config.assignment.template)
    notebook = folder / config.assignment.solution.name
    if not notebook.is_file():
        raise UsageError(f"{notebook}: there is no student template yet; run `autograder generate` first")
    content = _read(notebook)
    made = _handout(
        content, folder, config.assignment.name, config.assignment.title, beside.handed_out(notebook), code_cells(content)
    )
    solution = config.resolve(config.assignment.solution)
    if not solution.is_file():
        return made
    return msgspec.structs.replace(made, reseed=reseed_of(assignment_config(read_master(solution), solution)))


def own_handout(notebook: Path) -> tuple[Assignment, Config]:
    """The assignment as a student's notebook holds it, and the settings to run it with; trust them no more than the notebook.

    Where its set-up cell holds nothing, tests are those that Otter keeps in it or beside it, and questions are told by its check
    cells. Files that its cells name come along. Raises UsageError, which says where tests were looked for, if there are none.
    """
    content = _read(notebook)
    sources = code_cells(content)
    files = beside.named(notebook, [source for source in sources if not is_otters(source)])
    for source in sources:
        held = held_in(source)
        if held is not None:
            return _held(Handout.of(held), notebook, files)
    if not _has_tests(content, notebook.parent):
        raise UsageError(
            f"{notebook}: no public tests: no grading_config.yaml is here, neither its set-up cell nor its metadata holds any, "
            "and no folder `tests` is beside it. Put the answers back into the notebook that was handed out, or name the "
            "configuration with --config"
        )
    assignment = _handout(content, notebook.parent, _plain_name(notebook.stem), notebook.stem, files)
    if not any(cell.question for cell in assignment.outline):
        raise UsageError(
            f"{notebook}: its questions cannot be told: it has no `grader.check(...)` cells behind its answers any more; "
            "put the answers back into the notebook that was handed out, or name the configuration with --config"
        )
    return assignment, _own_settings(assignment, notebook, None)


def _held(handout: Handout, notebook: Path, files: dict[str, bytes]) -> tuple[Assignment, Config]:
    sources = tuple(source for _, source in handout.cells)
    outline = tuple(outlined(question, source) for question, source in handout.cells)
    try:
        assignment = Assignment(
            name=_plain_name(handout.name),
            title=handout.title,
            questions=tuple(map(_held_question, handout.questions)),
            outline=outline,
            complete=sources,
            template=sources,
            solution_digest="",
            versions={},
            files=files,
        )
        cell = TrainingCell(literals=dict(handout.literals), samples_per_pass=handout.samples or TrainingCell().samples_per_pass)
        training = TrainingSection(question=handout.training, cell=cell) if handout.training else None
        return assignment, _own_settings(assignment, notebook, training)
    except (ValueError, TypeError, SyntaxError) as error:  # somebody has changed it
        raise UsageError(f"{notebook}: its set-up cell is not as it was handed out: {error}") from error


def _held_question(question: desk.Question) -> Question:
    functions = {node.name for node in ast.parse(question.source).body if isinstance(node, ast.FunctionDef)}
    lost = [case.name for case in question.cases if case.name not in functions]
    if lost:
        raise ValueError(f"question `{question.name}` has no test `{lost[0]}`")
    cases = [
        TestCase(
            name=case.name,
            title=case.title,
            points=0.0,
            hidden=False,
            success_message=case.success,
            failure_message=case.failure,
            parameters=case.parameters,
        )
        for case in question.cases
    ]
    return Question(name=question.name, points=0.0, cases=tuple(cases), source=question.source)


def _own_settings(assignment: Assignment, notebook: Path, training: TrainingSection | None) -> Config:
    """Settings for a folder without a configuration: the defaults, and time for a training that may not be cut short."""
    section = AssignmentSection(name=assignment.name, title=assignment.title, solution=Path(notebook.name))
    limits = ExecutionSection(cell_seconds=600, submission_seconds=1200)
    sandbox = SandboxSection(cpu_seconds=1200)
    return Config(assignment=section, execution=limits, sandbox=sandbox, training=training, path=notebook)


def _plain_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]|^[^A-Za-z0-9]+", "", name) or "notebook"


def _read(notebook: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(notebook.read_bytes())
        code_cells(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{notebook}: is not a notebook that can be read: {error}") from error
    return content


def _has_tests(content: Mapping[str, Any], folder: Path) -> bool:
    try:
        return bool(collect_tests(folder, content))
    except (AuthoringError, OSError, ValueError, TypeError, AttributeError):  # some are there; who reads them says what is wrong
        return True


def _handout(
    content: Mapping[str, Any],
    folder: Path,
    name: str,
    title: str,
    files: dict[str, bytes],
    template: Sequence[str] | None = None,
) -> Assignment:
    """`folder`: the notebook's. `template`: the code cells as they were handed out; None if they are not known."""
    questions = _public(content, folder, files, alone=template is None)
    outline = _outline(content, questions)
    order = list(dict.fromkeys(cell.question for cell in outline if cell.question is not None))
    return Assignment(
        name=name,
        title=title,
        questions=tuple(questions[question] for question in [*order, *sorted(questions.keys() - set(order))]),
        outline=outline,
        complete=tuple(code_cells(content)),
        template=tuple(template or ()),
        solution_digest="",
        versions={},
        files=files,
    )


def _public(content: Mapping[str, Any], folder: Path, files: Collection[str], *, alone: bool) -> dict[str, Question]:
    """The tests in a folder, for a notebook; of one that stands `alone` no import is looked into, as that would run it here."""
    sources = [source for source in code_cells(content) if not is_otters(source)]
    imports = {} if alone else import_statements(sources, own_modules(files))
    bound = {name for source in sources for name in outline_cell(source)[0]}
    try:
        tests = collect_tests(folder, content)
        return {name: read_question(name, one, imports=imports, bound=bound, alone=alone) for name, one in tests.items()}
    except (AuthoringError, OSError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{folder}: the tests of the notebook are not as they were handed out: {error}") from error


def _outline(notebook: Mapping[str, Any], questions: Mapping[str, Question]) -> tuple[CellOutline, ...]:
    """Names of the code cells without Otter's; those marked as answers belong to the question that is checked behind them.

    Where that is done nowhere, those answer a question that bind what its tests take.
    """
    cells: list[str] = []
    owner: dict[int, str] = {}
    pending: list[int] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            pending = [] if MANUAL.search(source) else pending
            continue
        found = _CHECK.search(source)
        if found and found["question"] in questions:
            owner.update(dict.fromkeys(pending, found["question"]))
        if found:
            pending = []
        if is_otters(source):
            continue
        if "otter_answer_cell" in cell.get("metadata", {}).get("tags", []):
            pending.append(len(cells))
        cells.append(source)
    for name in questions.keys() - owner.values():
        taken = {parameter for case in questions[name].cases for parameter in case.parameters}
        free = (number for number in range(len(cells)) if number not in owner)
        owner |= {number: name for number in free if taken & {*outline_cell(cells[number])[0]}}
    return tuple(outlined(owner.get(number), source) for number, source in enumerate(cells))
