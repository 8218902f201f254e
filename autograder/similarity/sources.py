"""Reads what a student wrote: a result in, the code of the submission without the template's cells out, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.errors import SubmissionError
from autograder.reports.text import one_line, readable
from autograder.results import SubmissionResult
from autograder.submissions import Found, read_submission

LONGEST: Final = 200_000
"""Characters of one submission that are compared: a hundred times what the assignment needs."""


@dataclass(frozen=True)
class Own:
    """The code that a student added or changed. `text` names each cell in a comment, which is not compared."""

    name: str
    text: str
    cut: bool


@dataclass(frozen=True)
class NotCompared:
    """A submission whose code is not to be had, and why."""

    name: str
    reason: str


def own_code(result: SubmissionResult, assignment: Assignment, config: Config) -> Own | NotCompared:
    """The code of a submission, read again from where it was graded from. Nothing of it is run.

    A path that is not absolute is meant from the current folder, as when it was graded, or else from the configuration's.
    """
    if not result.source:
        return NotCompared(result.name, "its result cannot be read")
    found = Found(result.name, result.source, result.members)
    if not found.location.exists() and not found.location.is_absolute():
        found = Found(result.name, str(config.path.parent / found.location), result.members)
    if not found.location.exists():
        return NotCompared(result.name, f"{one_line(result.source)} is not there any more")
    try:
        notebook = read_submission(found, assignment.outline)
    except SubmissionError as error:
        return NotCompared(result.name, one_line(str(error), 400))
    if notebook.digest != result.digest:
        return NotCompared(result.name, f"{one_line(result.source)} is not what was graded: it has changed since")
    given = {_plain(source) for source in assignment.template}
    parts = [f"# Code cell {cell.shown}\n{cell.source}" for cell in notebook.cells if _plain(cell.source) not in given]
    parts += [f"# {module.path}\n{module.source}" for module in notebook.modules]
    text = "\n\n".join(part.rstrip() for part in parts).replace("\r\n", "\n")
    return Own(result.name, readable(text[:LONGEST], LONGEST), len(text) > LONGEST)


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
