"""Grades the one submission that a platform has put into a folder, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from autograder.errors import UsageError
from autograder.grading import seeds
from autograder.grading.grade import Grader, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox.session import Lane
from autograder.submissions import Found, find_submissions


def grade_folder(grader: Grader, folder: Path, lane: Lane) -> SubmissionResult:
    """The result for the notebook in `folder`.

    Without one it is unreadable; of several the first by name is graded, with a note.
    """
    try:
        found = find_submissions([folder])
    except UsageError:
        found = (Found("submission", str(folder / "notebook.ipynb")),)
    result = grade_submission(grader, found[0], lane, seeds.fresh())
    if len(found) > 1:
        names = ", ".join(Path(one.path).name for one in found)
        note = f"Several notebooks were handed in ({names}); the first of them was graded."
        result = msgspec.structs.replace(result, notes=(*result.notes, note))
    return result
