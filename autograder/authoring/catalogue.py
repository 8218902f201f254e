"""Reads the catalogue of known mistakes, `misconceptions/` beside the solution notebook, into what a bundle takes along of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from autograder.assignment import Assignment, Misconception, TestCase
from autograder.bundles import catalogue_digest, catalogue_folder
from autograder.checks.context import Context, installed
from autograder.config import Config
from autograder.errors import AuthoringError, AutograderError
from autograder.grading.grade import Grader, grade_submission
from autograder.grading.known import Cells, Nobody
from autograder.grading.seeds import fresh
from autograder.grading.testfile import Tests
from autograder.results import QuestionResult
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found
from autograder.variants import Bases, notebook, read_folder

KEYS = frozenset({"title", "question", "hint"})


@dataclass(frozen=True)
class Tried:
    """What a notebook with a known mistake got in the question that the mistake is about."""

    misconception: Misconception
    result: QuestionResult


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


def try_all(grader: Grader, lane: Lane, *, seed: Callable[[], int] = fresh) -> Iterator[Tried]:
    """Grade each known mistake in its own question: a notebook up to that question's cells, and nothing else judged."""
    assignment = grader.assignment
    with tempfile.TemporaryDirectory(prefix="autograder-catalogue-") as work:
        for one in assignment.misconceptions:
            last = max((index for index, cell in enumerate(assignment.outline) if cell.question == one.question), default=-1)
            changes = dict(one.changes)
            cells = [changes.get(index, source) for index, source in enumerate(assignment.cells[: last + 1])]
            path = Path(work) / f"{one.name}.ipynb"
            path.write_bytes(notebook(cells))
            result = grade_submission(grader.narrowed({one.question}), Found(one.name, str(path)), lane, seed())
            yield Tried(one, result.questions[0])


def harmless(grader: Grader, lane: Lane, folder: Path) -> Iterator[str]:
    """One sentence for each known mistake that loses no marks in its question.

    What fails a test in this process, where nothing has to cross to another one, is not graded as well: it takes long.
    """
    tests = {one.question.name: one for one in grader.tests}
    training = grader.config.training.question if grader.config.training else None
    unsure = tuple(
        one
        for one in grader.assignment.misconceptions
        if one.question == training or not _fails(one, grader.assignment, tests[one.question])
    )
    for tried in try_all(_in_short(grader, unsure), lane):
        if all(test.points >= test.max_points for test in tried.result.tests):
            name = tried.misconception.name
            yield f"{folder / f'{name}.py'}: loses no marks in `{tried.misconception.question}`, so it is no mistake"


def _in_short(grader: Grader, misconceptions: tuple[Misconception, ...]) -> Grader:
    """Grades only these, without a diagnosis, and leaves out what trains on all images if there are other tests."""
    assignment = msgspec.structs.replace(grader.assignment, misconceptions=misconceptions)
    training = grader.config.training.question if grader.config.training else None
    tests = []
    for one in grader.tests:
        cases = tuple(case for case in one.question.cases if not _apart(assignment, case))
        short = one.question.name == training and bool(cases)
        tests.append(replace(one, question=msgspec.structs.replace(one.question, cases=cases)) if short else one)
    return replace(grader, assignment=assignment, tests=tuple(tests), diagnosis=None)


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
