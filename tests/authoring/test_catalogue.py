"""Known mistakes are read into the bundle as they were written, or refused with the file's name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.assignment import Assignment, CellOutline
from autograder.authoring.catalogue import with_catalogue
from autograder.authoring.leaks import find_leaks
from autograder.config import AssignmentSection, Config
from autograder.config_file import read_config
from autograder.errors import AuthoringError
from autograder.variants import read_folder
from tests.grading.judging import question
from tests.samples import ROOT

SOURCES = ("import torch", "def double(x):\n    return 2 * x")
TEST = "def test_it(double):\n    assert double(3) == 6\n"
WRITTEN = "# title: tripled\n# question: double\n# hint: Three times.\n\n# %% edit\n2 * x\n# ->\n3 * x\n"


def _assignment() -> Assignment:
    names = ((None, ("torch",), ()), ("double", ("double",), ("double",)))
    outline = tuple(CellOutline(question=one, binds=binds, definitions=made, uses=()) for one, binds, made in names)
    return Assignment(
        name="a", title="A", questions=(question(TEST, name="double"),), outline=outline, complete=SOURCES, template=(),
        solution_digest="", versions={},
    )  # fmt: skip


def _read(folder: Path, **files: str) -> Assignment:
    (folder / "misconceptions").mkdir()
    for name, text in files.items():
        (folder / "misconceptions" / f"{name}.py").write_text(text)
    section = AssignmentSection(name="a", title="A", solution=folder / "a.ipynb")
    return with_catalogue(_assignment(), Config(assignment=section))


def test_a_known_mistake_goes_into_the_bundle_as_what_it_changes(tmp_path: Path) -> None:
    """With its hint, and a digest by which a bundle that is out of date is found."""
    made = _read(tmp_path, tripled=WRITTEN)
    (one,) = made.misconceptions
    assert (one.name, one.title, one.question, one.hint) == ("tripled", "tripled", "double", "Three times.")
    assert one.changes == ((1, "def double(x):\n    return 3 * x"),)
    assert made.catalogue_digest


def test_an_assignment_without_a_catalogue_stays_as_it_is(tmp_path: Path) -> None:
    """The folder need not be there."""
    section = AssignmentSection(name="a", title="A", solution=tmp_path / "a.ipynb")
    assert with_catalogue(_assignment(), Config(assignment=section)) == _assignment()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WRITTEN.replace("question: double", "question: triple"), "no question `triple`"),
        (WRITTEN.replace("hint: Three times.", "hint:"), "must not be empty"),
        (WRITTEN.replace("# hint: Three times.\n", ""), "`hint` is missing"),
        (WRITTEN.replace("2 * x", "4 * x"), "exactly one cell"),
        (WRITTEN.replace("# %% edit\n2 * x\n# ->\n3 * x", "# %% last\nx = 1"), "`# %% edit` only"),
    ],
)
def test_one_that_is_not_as_it_should_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With its file's name and what is wrong."""
    with pytest.raises(AuthoringError, match=said) as caught:
        _read(tmp_path, wrong=text)
    assert "misconceptions/wrong.py" in str(caught.value)


def test_a_known_mistake_in_the_student_s_files_is_a_leak(tmp_path: Path) -> None:
    """Its hint, or a line that it changes: with one thing wrong in it, it is nearly the solution."""
    made = _read(tmp_path, tripled=WRITTEN.replace("3 * x", "3 * x + 0 * len('tripled')"))
    for text in ("Mind: Three times.", "    return 3 * x + 0 * len('tripled')"):
        (leak,) = find_leaks({"cells": []}, made, {"notes.md": text.encode()})
        assert leak.startswith("notes.md: ") and "`tripled`" in leak
    assert not find_leaks({"cells": []}, made, {"notes.md": b"Nothing of the sort"})


def test_the_shipped_hints_teach_and_give_no_code() -> None:
    """One to three sentences, no line of the solution, and each says something of its own."""
    config = read_config(ROOT / "grading_config.yaml")
    folder = config.resolve(config.assignment.solution).parent / "misconceptions"
    known = read_folder(folder, required=frozenset({"title", "question", "hint"}))
    assert len(known) >= 40
    hints = [one.keys["hint"] for one in known]
    assert len(set(hints)) == len(hints)
    for hint in hints:
        assert hint.endswith(".") and len(hint) < 260
        assert not re.search(r"\bself\.|\btorch\.|\.\w+\(|@|\bdim=|\w = ", hint), hint
