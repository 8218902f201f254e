"""Of several notebooks the one that has the assignment in it is graded, and its digest stands for what was handed in."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest

from autograder.assignment import CellOutline
from autograder.errors import SubmissionError
from autograder.submissions import Found, digest_of, read_file, read_submission
from autograder.submissions.outline import outline_cell
from tests.samples import FOLDER, SOLUTION
from tests.submissions_reading.packing import notebook, zipped

HALF = (FOLDER / "half_done.ipynb").read_bytes()
FULL = (FOLDER / "complete.ipynb").read_bytes()
BLANK = (FOLDER / "untouched_template.ipynb").read_bytes()
BEGUN = notebook("import torch", "class ReLU:\n    pass")
OTHER = notebook("import numpy as np", "x = np.ones(3)", "print(x)")


@cache
def _outline() -> tuple[CellOutline, ...]:
    read = (outline_cell(cell.source) for cell in read_file(SOLUTION).cells)
    return tuple(CellOutline(question=None, binds=b, definitions=d, uses=u) for b, d, u in read)


def _graded(tmp_path: Path, files: dict[str, bytes]) -> tuple[bytes, tuple[str, ...]]:
    """Which of the files was chosen, and the notes."""
    (tmp_path / "hw.zip").write_bytes(zipped(files))
    read = read_submission(Found("hw", str(tmp_path / "hw.zip")), _outline())
    for content in files.values():
        (tmp_path / "one.ipynb").write_bytes(content)
        try:
            cells = read_file(tmp_path / "one.ipynb").cells
        except SubmissionError:
            continue
        if cells == read.cells:
            return content, read.notes
    raise AssertionError("none of them")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("work", "beside"),
    [(FULL, OTHER), (FULL, BLANK), (HALF, BLANK), (FULL, HALF), (BLANK, OTHER), (BEGUN, OTHER), (HALF, b'{"cells": [')],
)
def test_the_notebook_with_most_of_the_assignment_is_graded(
    work: bytes, beside: bytes, turned: bool, tmp_path: Path
) -> None:
    """Whatever the names are: another lecture's notebook, the untouched template or an earlier state is not; a note tells."""
    names = ("b/first.ipynb", "a/second.ipynb") if turned else ("a/second.ipynb", "b/first.ipynb")
    chosen, notes = _graded(tmp_path, dict(zip(names, (work, beside), strict=True)))
    assert chosen == work
    assert len(notes) == 1 and all(name in notes[0] for name in names) and f"{names[0]} was graded" in notes[0]


def test_a_choice_between_many_is_told_in_a_short_note(tmp_path: Path) -> None:
    """No note grows with what was handed in."""
    files = {f"week{number}/notes.ipynb": OTHER for number in range(30)} | {"hw/work.ipynb": HALF}
    chosen, notes = _graded(tmp_path, files)
    assert chosen == HALF and len(notes) == 1 and "25 more" in notes[0]


def test_one_file_has_its_own_digest_however_it_was_handed_in(tmp_path: Path) -> None:
    """A notebook's random numbers follow from the digest, so that it gets the same marks from a folder as by itself."""
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "work.ipynb").write_bytes(HALF)
    (tmp_path / "hw" / "data.csv").write_bytes(b"1")
    assert read_file(tmp_path / "hw").digest == hashlib.sha256(HALF).hexdigest() == read_file(tmp_path / "hw/work.ipynb").digest


@pytest.mark.parametrize("members", [(), ("ada/",), ("ada/work.ipynb", "bob/work.ipynb")])
@pytest.mark.parametrize("packed", [False, True])
def test_a_digest_changes_with_what_may_be_graded(members: tuple[str, ...], packed: bool, tmp_path: Path) -> None:
    """It is the same without reading, another once a notebook changes, and does not heed what belongs to others."""
    files = {"ada/work.ipynb": HALF, "ada/more.ipynb": OTHER, "bob/work.ipynb": BLANK}

    def put(files: dict[str, bytes]) -> Found:
        if packed:
            (tmp_path / "class.zip").write_bytes(zipped(files))
            return Found("x", str(tmp_path / "class.zip"), members)
        for name, content in files.items():
            (tmp_path / "class" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "class" / name).write_bytes(content)
        return Found("x", str(tmp_path / "class"), members)

    found = put(files)
    first = digest_of(found)
    assert first == read_submission(found, _outline()).digest and first is not None
    assert digest_of(put(files | {"ada/work.ipynb": FULL})) != first
    if members:
        assert digest_of(put(files | {"cyd/work.ipynb": FULL})) == first
    assert digest_of(Found("x", str(tmp_path / "gone"))) is None


def test_a_submission_of_several_files_holds_no_others(tmp_path: Path) -> None:
    """A folder's name that begins another's does not bring that one in."""
    (tmp_path / "class.zip").write_bytes(zipped({"ada/work.ipynb": HALF, "adam/work.ipynb": FULL}))
    read = read_submission(Found("ada", str(tmp_path / "class.zip"), ("ada/",)), _outline())
    assert read.notes == () and [c.source for c in read.cells] == [
        "".join(cell["source"]) for cell in json.loads(HALF)["cells"] if cell["cell_type"] == "code"
    ]
