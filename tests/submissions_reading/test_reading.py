"""Whatever is handed in is read, or refused in one clear line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.errors import SubmissionError, UsageError
from autograder.submissions import discover, find_submissions, read_file

GOOD = {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "t"}, {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}]}


def test_code_cells_keep_number_place_and_source(tmp_path: Path) -> None:
    """A code cell has its number among code cells, its place in the notebook, and its whole source."""
    path = tmp_path / "a.ipynb"
    path.write_text("\ufeff" + json.dumps(GOOD), encoding="utf-8")
    (cell,) = read_file(path).cells
    assert (cell.number, cell.index, cell.source) == (1, 1, "x = 1\ny = 2")


def test_an_old_notebook_is_read_with_a_note(tmp_path: Path) -> None:
    """Format 3 keeps its cells in worksheets and their text in `input`; both are found."""
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]}))
    notebook = read_file(path)
    assert notebook.cells[0].source == "x = 1" and "version 3" in notebook.notes[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04xx", "zip"),
        (b"import torch", "not a notebook"),
        (json.dumps(GOOD).encode()[:-20], "breaks off"),
        (b"[1, 2]", "no list of cells"),
        (b'{"nbformat": 4, "cells": []}', "no code cells"),
        (b"[" * 100_000, "notebook"),
        (b'{"cells": "\xff"}', "no list of cells"),
        (b'{"cells": [}', "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    """Every unreadable file ends in a SubmissionError of one line that says what is wrong."""
    path = tmp_path / "bad.ipynb"
    path.write_bytes(content)
    with pytest.raises(SubmissionError) as refused:
        read_file(path)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that vanished between listing and reading costs its own submission only."""
    with pytest.raises(SubmissionError, match="cannot be read"):
        read_file(tmp_path / "gone.ipynb")


def test_names_are_unique_and_safe(tmp_path: Path) -> None:
    """Two files of one name get two names, and none takes the place of a class file or leaves the results folder."""
    for name in ("a/x.ipynb", "b/x.ipynb", "b/X.ipynb", "report.html.ipynb", "...ipynb", ".ipynb_checkpoints/x.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    names = [found.name for found in find_submissions([tmp_path])]
    assert len({name.casefold() for name in names}) == len(names) >= 4
    assert {"a_x", "b_X", "b_x-2"} <= set(names)  # the folder tells whose it is
    assert "report.html" not in names and not any(set(name) <= {"."} for name in names)


def test_what_is_no_notebook_is_told(tmp_path: Path) -> None:
    """Nobody's work is left out without a word: other files, broken links and folders that look like notebooks are listed."""
    for name in ("ada", "__MACOSX"):
        (tmp_path / name).mkdir()
    for name in ("ada/work.IPYNB", "essay.pdf", ".DS_Store", "__MACOSX/work.ipynb", "._work.ipynb"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "cyd.ipynb").mkdir()
    (tmp_path / "dan.ipynb").symlink_to("nowhere")
    assert [found.name for found in find_submissions([tmp_path])] == ["work"]
    assert [Path(line).name for line in discover([tmp_path]).passed_over] == [
        "cyd.ipynb (is a folder and no notebook)", "dan.ipynb (is a link that leads nowhere)", "essay.pdf",
    ]  # fmt: skip


def test_a_path_that_leads_to_nothing_is_the_callers_mistake(tmp_path: Path) -> None:
    """A missing path and an empty folder are refused before anything is graded."""
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UsageError, match=str(path)):
            find_submissions([path])


def test_a_notebook_in_a_folder_is_found_by_its_first_words_too(tmp_path: Path) -> None:
    """Browsers and mail programs save it as .json, .txt or with no ending; other data beside it is nobody's work."""
    work = '{"cells": [{"cell_type": "code", "source": "x = 1"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    for name in ("ana.json", "ben.txt", "eve", "kim.ipynb"):
        (tmp_path / name).write_text(work)
    (tmp_path / "settings.json").write_text('{"roster": ["ana"]}')
    (tmp_path / "notes.txt").write_text("cells: none")
    assert {Path(one.path).name for one in find_submissions([tmp_path])} == {"ana.json", "ben.txt", "eve", "kim.ipynb"}
