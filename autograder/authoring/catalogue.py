"""Reads the catalogue of known mistakes, `misconceptions/` beside the solution notebook, into what a bundle takes along of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from autograder.assignment import Assignment, Misconception
from autograder.bundles import catalogue_digest, catalogue_folder
from autograder.config import Config
from autograder.errors import AuthoringError, AutograderError
from autograder.grading.grade import Grader, grade_submission
from autograder.grading.seeds import fresh
from autograder.results import QuestionResult
from autograder.sandbox.session import Lane
from autograder.submissions import Found
from autograder.variants import Bases, notebook, read_folder
from autograder.variants.bases import solved_cells

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
    cells = tuple(solved_cells(config.resolve(config.assignment.solution)))
    if len(cells) != len(assignment.outline):
        raise AuthoringError(f"{folder}: the solution's cells cannot be told apart, so there can be no known mistakes in them")
    bases = Bases({"complete": cells}, {"complete": {}})
    questions = {question.name for question in assignment.questions}
    try:
        found = tuple(_read(folder, bases, cells, questions))
    except AutograderError as error:
        raise AuthoringError(str(error)) from error
    return msgspec.structs.replace(assignment, cells=cells, misconceptions=found, catalogue_digest=catalogue_digest(folder))


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
            changes={index: new for index, (new, old) in enumerate(zip(changed, cells, strict=True)) if new != old},
        )


def try_all(grader: Grader, lane: Lane, *, seed: Callable[[], int] = fresh) -> Iterator[Tried]:
    """Grade each known mistake in its own question: a notebook up to that question's cells, and nothing else judged."""
    assignment = grader.assignment
    with tempfile.TemporaryDirectory(prefix="autograder-catalogue-") as work:
        for one in assignment.misconceptions:
            last = max((index for index, cell in enumerate(assignment.outline) if cell.question == one.question), default=-1)
            cells = [one.changes.get(index, source) for index, source in enumerate(assignment.cells[: last + 1])]
            path = Path(work) / f"{one.name}.ipynb"
            path.write_bytes(notebook(cells))
            alone = replace(grader, tests=tuple(tests for tests in grader.tests if tests.question.name == one.question))
            result = grade_submission(alone, Found(one.name, str(path)), lane, seed())
            yield Tried(one, result.questions[0])


def harmless(grader: Grader, lane: Lane, folder: Path) -> Iterator[str]:
    """One sentence for each known mistake that loses no marks."""
    for tried in try_all(grader, lane):
        if tried.result.score >= tried.result.max_score:
            name = tried.misconception.name
            yield f"{folder / f'{name}.py'}: loses no marks in `{tried.misconception.question}`, so it is no mistake"
