"""Reads the catalogue of known mistakes, `misconceptions/` beside the solution notebook, into what a bundle takes along of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from autograder.assignment import Assignment, Misconception, TestCase
from autograder.bundles import catalogue_digest, catalogue_folder
from autograder.checks.context import Context, installed
from autograder.config import Config
from autograder.errors import AuthoringError, AutograderError
from autograder.grading.batch import grade_notebooks
from autograder.grading.grade import Grader
from autograder.grading.known import Cells, Nobody
from autograder.grading.testfile import Tests
from autograder.sandbox.lanes import Sandbox
from autograder.variants import Bases, notebook, read_folder

KEYS = frozenset({"title", "question", "hint"})


def with_catalogue(assignment: Assignment, config: Config) -> Assignment:
    """The assignment with the known mistakes of its folder; as it is if there is no such folder.

    Raises AuthoringError, which names the file, if one is not as it should be.
    """
    folder = catalogue_folder(config)
    if not folder.is_dir():
        return assignment
    cells = assignment.cells
    bases = Bases({"complete": cells}, {"complete": {}})
    questions = {question.name for question in assignment.questions}
    try:
        found = tuple(_read(folder, bases, cells, questions))
    except AutograderError as error:
        raise AuthoringError(str(error)) from error
    return msgspec.structs.replace(assignment, misconceptions=found, catalogue_digest=catalogue_digest(folder))


def _read(folder: Path, bases: Bases, cells: Sequence[str], questions: set[str]) -> Iterator[Misconception]:
    for written in read_folder(folder, required=KEYS):
        path = folder / f"{written.name}.py"
        if written.keys["question"] not in questions:
            raise AuthoringError(f"{path}: there is no question `{written.keys['question']}`")
        if not all(written.keys[key] for key in KEYS):
            raise AuthoringError(f"{path}: title, question and hint must not be empty")
        if any(change.place != "edit" for change in written.changes):
            raise AuthoringError(f"{path}: a known mistake is made of `# %% edit` only, so that each cell keeps its place")
        changed = bases.cells(str(path), "complete", written.changes)
        yield Misconception(
            name=written.name,
            title=written.keys["title"],
            question=written.keys["question"],
            hint=written.keys["hint"],
            changes=tuple((at, new) for at, (new, old) in enumerate(zip(changed, cells, strict=True)) if new != old),
        )


def cells_with(assignment: Assignment, one: Misconception) -> list[str]:
    """The complete cells with a known mistake in them, up to the last one of its question."""
    last = max((index for index, cell in enumerate(assignment.outline) if cell.question == one.question), default=-1)
    changes = dict(one.changes)
    return [changes.get(index, source) for index, source in enumerate(assignment.cells[: last + 1])]


def harmless(grader: Grader, sandbox: Sandbox, folder: Path) -> Iterator[str]:
    """One sentence for each known mistake that loses no marks in its question.

    What fails a test in this process, where nothing has to cross to another one, is not graded as well: it takes long.
    """
    tests = {one.question.name: one for one in grader.tests}
    training = grader.config.training.question if grader.config.training else None
    unsure: dict[str, list[Misconception]] = {}
    for one in grader.assignment.misconceptions:
        if one.question == training or not _fails(one, grader.assignment, tests[one.question]):
            unsure.setdefault(one.question, []).append(one)
    for question, several in unsure.items():
        for name in _full_marks(_in_short(grader, tests[question]), sandbox, several):
            yield f"{folder / f'{name}.py'}: loses no marks in `{question}`, so it is no mistake"


def _full_marks(grader: Grader, sandbox: Sandbox, several: Sequence[Misconception]) -> Iterator[str]:
    """Names of those known mistakes that earn all there is, in a notebook each."""
    with tempfile.TemporaryDirectory(prefix="autograder-catalogue-") as work:
        notebooks = {one.name: notebook(cells_with(grader.assignment, one)) for one in several}
        graded = grade_notebooks(grader, sandbox, notebooks, Path(work))
    for name, result in sorted(graded.items()):
        if all(test.points >= test.max_points for question in result.questions for test in question.tests):
            yield name


def _in_short(grader: Grader, tests: Tests) -> Grader:
    """Grades their question only, without a diagnosis, and leaves out what trains on all images if there are other tests."""
    training = grader.config.training.question if grader.config.training else None
    question = tests.question.name
    apart = {(question, case.name) for case in tests.question.cases if _apart(grader.assignment, case)}
    without = apart if question == training and len(apart) < len(tests.question.cases) else set()
    assignment = msgspec.structs.replace(grader.assignment, misconceptions=())
    return replace(grader.narrowed({question}, without=without), assignment=assignment, diagnosis=None)


def _apart(assignment: Assignment, case: TestCase) -> bool:
    """Whether a test is about classes and functions alone."""
    return {name for cell in assignment.outline for name in cell.definitions}.issuperset(case.parameters)


def _fails(one: Misconception, assignment: Assignment, tests: Tests) -> bool:
    """Whether a test of the question fails on the cells with the mistake, run here."""
    cells = Cells(assignment, one.question, dict(one.changes), {})
    for case in tests.question.cases:
        try:
            space = cells.definitions() if _apart(assignment, case) else cells.left(Nobody(), 0)
            with installed(Context()):
                tests.functions[case.name](*[space[name] for name in case.parameters])
        except Exception:  # a failed assertion, or whatever else a mistake leads to
            return True
    return False
