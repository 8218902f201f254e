"""Whatever program wrote it: notebooks of all versions and encodings, almost valid ones, scripts; each thing mended is told."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import SubmissionError
from autograder.submissions import read_file
from tests.samples import FOLDER

TEXT = (FOLDER / "half_done.ipynb").read_text(encoding="utf-8")
SOURCES = [cell.source for cell in read_file(FOLDER / "half_done.ipynb").cells]


def _read(tmp_path: Path, content: bytes, name: str = "work.ipynb") -> tuple[list[str], tuple[str, ...]]:
    (tmp_path / name).write_bytes(content)
    notebook = read_file(tmp_path / name)
    return [cell.source for cell in notebook.cells], notebook.notes


def _cells(*cells: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"cells": cells, **fields}).encode()


@pytest.mark.parametrize("minor", range(6))
def test_every_version_four_is_read_without_a_note(minor: int, tmp_path: Path) -> None:
    """nbformat 4.0 to 4.5 differ in nothing that is graded."""
    document = json.loads(TEXT) | {"nbformat": 4, "nbformat_minor": minor}
    assert _read(tmp_path, json.dumps(document).encode()) == (SOURCES, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("marked", [False, True])
def test_every_unicode_encoding_is_read(encoding: str, marked: bool, tmp_path: Path) -> None:
    """UTF-8 and UTF-16 with and without a byte order mark, UTF-32 with one: the cells are the same, and UTF-16 is noted."""
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    content = (marks.get(encoding, b"") if marked else b"") + TEXT.encode(encoding)
    sources, notes = _read(tmp_path, content)
    assert sources == SOURCES
    assert bool(notes) == (encoding[:5] in {"utf-1", "utf-3"}) and all("UTF-" in note for note in notes)


def test_a_long_notebook_in_utf_16_is_read_whole(tmp_path: Path) -> None:
    """It is decoded in pieces, and no character falls between two."""
    source = "x = '" + "\N{GRINNING FACE}a" * 500_000 + "'"
    document = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}, ensure_ascii=False)
    assert _read(tmp_path, document.encode("utf-16-be"))[0] == [source]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(end: str, tmp_path: Path) -> None:
    """In the file and within its cells."""
    assert _read(tmp_path, TEXT.replace("\n", end).encode())[0] == SOURCES
    assert _read(tmp_path, _cells({"cell_type": "code", "source": f"x = 1{end}y = 2"}))[0] == ["x = 1\ny = 2"]


CODE: dict[str, Any] = {"cell_type": "code", "source": "x = 1"}
def _one(rest: bytes) -> bytes:
    """A notebook of one code cell whose JSON goes on with `rest`."""
    return b'{"cells": [{"cell_type": "code", "source": ' + rest


MENDED = {
    "no metadata at all": (_cells(CODE), ["x = 1"], ""),
    "no type": (_cells({"source": "x = 1", "outputs": []}), ["x = 1"], "type"),
    "type in capitals": (_cells({"cell_type": "Code", "source": "x = 1"}), ["x = 1"], "type"),
    "source with numbers and nulls": (_cells({"cell_type": "code", "source": ["x = 1", None, 3]}), ["x = 1"], "cell 1"),
    "source that is an object": (_cells({"cell_type": "code", "source": {"a": 1}}, CODE), ["", "x = 1"], "cell 1"),
    "source that is null": (_cells({"cell_type": "code", "source": None}, CODE), ["", "x = 1"], ""),
    "lines without ends": (_cells({"cell_type": "code", "source": ["x = 1", "y = 2"]}), ["x = 1\ny = 2"], "line ends"),
    "cells that are none": (_cells(CODE, **{"nbformat": "4"})[:-1] + b"}", ["x = 1"], ""),
    "things between cells": (b'{"cells": [1, null, "a", [], {"cell_type": "code", "source": "x = 1"}]}', ["x = 1"], ""),
    "NUL as an escape": (_cells({"cell_type": "code", "source": "x\0 = 1"}), ["x = 1"], "NUL"),
    "NUL as it is": (_one(b'"x\0 = 1"}]}'), ["x = 1"], "NUL"),
    "NULs behind the end": (_cells(CODE) + b"\0" * 512, ["x = 1"], "control"),
    "half a character": (_one(b'"x = \'\\ud83d\'"}]}'), ["x = '\ufffd'"], "surrogate"),
    "a whole one": (_one(b'"x = \'\\ud83d\\ude00\'"}],}'), ["x = '\U0001f600'"], "commas"),
    "half a character in UTF-8": (_one(b'"x = 1 #\xed\xa0\xbd"}]}'), ["x = 1 #\ufffd\ufffd\ufffd"], "UTF-8"),
    "Latin 1": ('{"cells": [{"cell_type": "code", "source": "x = 1 # é"}]}'.encode("latin-1"), ["x = 1 # \ufffd"], "UTF-8"),
    "a line end within a text": (_one(b'"x = 1\ny = 2\t"}]}'), ["x = 1\ny = 2\t"], "control"),
    "trailing commas": (_one(b'["x = [1,]\\n", "y",],},], }'), ["x = [1,]\ny"], "commas"),
    "commas in texts": (b'{"a": [1,], "cells": [{"cell_type": "code", "source": ",] ,}"}]}', [",] ,}"], "commas"),
    "NaN in an output": (_one(b'"NaN", "outputs": [{"y": [NaN, -Infinity]}]}]}'), ["NaN"], "NaN"),
    "an escape of nothing": (_one(rb'"x = \"\d\u12\""}]}'), [r'x = "\d\u12"'], "backslashes"),
    "a newer format": (_cells(CODE, nbformat=5), ["x = 1"], "newer"),
}  # fmt: skip


@pytest.mark.parametrize("what", MENDED)
def test_what_is_almost_a_notebook_is_read_with_a_sentence_on_it(what: str, tmp_path: Path) -> None:
    """The code is what the student meant; one note names what was mended, and what needs no mending has none."""
    content, expected, note = MENDED[what]
    sources, notes = _read(tmp_path, content)
    assert sources == expected
    assert [note in said for said in notes] == ([True] if note else [])


def test_a_notebook_that_breaks_off_is_never_mended(tmp_path: Path) -> None:
    """However much of it is there: what was handed in is not what the student has at home."""
    for cut in range(20, len(TEXT), len(TEXT) // 40):
        with pytest.raises(SubmissionError, match=r"work.ipynb: a notebook that breaks off or is damaged"):
            _read(tmp_path, TEXT[:cut].encode())


SCRIPTS = {
    "percent": "# %% [markdown]\n# Title\n\n# %%\nimport torch\n\n\nx = 1\n# %%\n# %matplotlib inline\ny = 2\n",
    "nbconvert": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nimport torch\n\nx = 1\n\n\n# In[ ]:\n\ny = 2\n",
    "light": "# ---\n# jupyter:\n#   jupytext: {}\n# ---\n\n# # Title\n\n# +\nimport torch\n\nx = 1\n# -\n\ny = 2\n",
    "plain": '"""A."""\nimport torch\n\nx = 1\n\nclass A:\n    f = 1\n\n    def g(self): return 2\n\ny = 2\n',
}


@pytest.mark.parametrize("form", SCRIPTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_scripts_of_all_forms_are_read_as_cells(form: str, end: str, tmp_path: Path) -> None:
    """All code is there, in order, cut where its cells were; a note says how it was read."""
    sources, notes = _read(tmp_path, SCRIPTS[form].replace("\n", end).encode(), "work.py")
    assert len(notes) == 1 and "script" in notes[0]
    names: dict[str, Any] = {}
    for source in sources:
        exec("\n".join("" if line.startswith("%") else line for line in source.splitlines()), names)
    assert names["x"] == 1 and names["y"] == 2 and names["torch"]
    at_x, at_y = (next(n for n, source in enumerate(sources) if f"{name} = " in source) for name in "xy")
    assert at_x < at_y
    assert form != "plain" or names["A"]().g() == 2


def test_a_script_that_is_indented_as_a_whole_has_its_cells(tmp_path: Path) -> None:
    """Its markers are indented, too."""
    script = "    # %%\n    x = 1\n\n    # %%\n    class A:\n        y = 2\n"
    assert _read(tmp_path, script.encode(), "work.py")[0] == ["x = 1", "class A:\n    y = 2"]


def test_scripts_in_other_encodings_are_read(tmp_path: Path) -> None:
    """By their byte order mark or their coding line; one that names no encoding costs nothing."""
    for text, encoding in (("x = 'é'", "utf-8-sig"), ("x = 'é'", "utf-16"), ("# coding: latin-1\nx = 'é'", "latin-1")):
        assert "x = 'é'" in _read(tmp_path, text.encode(encoding), "work.py")[0][-1]
    for coding in ("nonsense", "rot13", "base64", "undefined"):
        assert "x = 1" in _read(tmp_path, f"# coding: {coding}\nx = 1".encode(), "work.py")[0][-1]


OTHER = {
    "a PDF": b"%PDF-1.7\n...", "a web page": b"\xef\xbb\xbf \n<!DOCTYPE html>", "an image": b"\x89PNG\r\n\x1a\n",
    "an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Rich Text document": b"{\\rtf1 {}}",
    "a rar archive": b"Rar!\x1a\x07\x00", "a program": b"\x7fELF\x02",
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHER)
@pytest.mark.parametrize("name", ["work.ipynb", "work.py", "work"])
def test_the_first_bytes_decide_and_not_the_name(kind: str, name: str, tmp_path: Path) -> None:
    """What is no notebook is refused with what it is, whatever it is called."""
    with pytest.raises(SubmissionError, match=f"{name}: not a notebook but {kind}"):
        _read(tmp_path, OTHER[kind], name)


@pytest.mark.parametrize("name", ["work.ipynb", "work.py", "work.json", "work"])
def test_a_notebook_is_read_whatever_its_name_is(name: str, tmp_path: Path) -> None:
    """So is one that was packed by gzip."""
    assert _read(tmp_path, TEXT.encode(), name)[0] == SOURCES
    assert _read(tmp_path, gzip.compress(TEXT.encode()), name)[0] == SOURCES


def test_of_an_unfinished_merge_one_side_is_read(tmp_path: Path) -> None:
    """The upper one, or the lower one where that alone is JSON; a sentence says so."""
    text = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}, indent=1)
    line = next(line for line in text.split("\n") if "x = 1" in line)
    for upper, lower, read in (("x = 1", "x = 2", "x = 1"), ('x = 1",', "x = 2", "x = 2")):
        both = f"<<<<<<< HEAD\n{line.replace('x = 1', upper)}\n=======\n{line.replace('x = 1', lower)}\n>>>>>>> mine"
        (tmp_path / "work.ipynb").write_text(text.replace(line, both), encoding="utf-8")
        notebook = read_file(tmp_path / "work.ipynb")
        assert [cell.source for cell in notebook.cells] == [read]
        assert "merge" in notebook.notes[0]
