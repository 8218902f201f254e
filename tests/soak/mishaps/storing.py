"""Writes a work as the file or folder that is handed in, as its form says."""

from __future__ import annotations

import io
import json
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbconvert.exporters import PythonExporter

from tests.soak.mishaps.work import Form, Piece, Work

LIGHT = {"percent": "py:percent", "light": "py:light"}
Tree = dict[str, bytes]
"""Path within what is handed in -> content."""


def hand_in(work: Work, folder: Path) -> Path:
    """Write the work below an empty folder. Returns the file or folder to be graded."""
    form = work.form
    ending = form.suffix or (".py" if form.script else ".ipynb")
    tree: Tree = {f"{form.name}{ending}": _content(work)}
    packed = ""
    for wrap in form.wraps:
        if wrap in ("zip", "tar.gz", "tar"):
            packed = wrap
        else:
            tree = _beside(wrap, tree, form)
    if packed:
        path = folder / f"{form.name}.{packed}"
        path.write_bytes(_zip(tree) if packed == "zip" else _tar(tree, packed))
        return path
    for name, content in tree.items():
        path = folder / "handed in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "handed in" / next(iter(tree)) if len(tree) == 1 else folder / "handed in"


def _content(work: Work) -> bytes:
    form = work.form
    if form.script:
        text = _script(work.cells, form.script)
    else:
        document = _downgraded(_document(work.cells), form.version)
        for edit in form.edits:
            edit(document)
        text = json.dumps(document, indent=1, ensure_ascii=form.encoding == "utf-8") + "\n"
    if form.encoding == "windows lines":
        return ("\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n").encode(errors="surrogatepass")
    return text.encode(form.encoding, errors="replace" if form.script else "surrogatepass")


def _document(cells: list[Piece]) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {
        "cells": [_cell(number, cell) for number, cell in enumerate(cells, 1)],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, cell: Piece) -> dict[str, Any]:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    made: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": f"cell-{number}",
        "metadata": metadata,
        "source": cell.text.splitlines(True),
    }
    if cell.kind == "code":
        output = {"output_type": "stream", "name": "stdout", "text": [cell.output]}
        made |= {"execution_count": cell.count, "outputs": [output] if cell.output else []}
    return made


def _downgraded(document: dict[str, Any], version: tuple[int, int]) -> dict[str, Any]:
    if version >= (4, 5):
        return document
    for cell in document["cells"]:
        del cell["id"]
    document["nbformat_minor"] = version[1] if version[0] == 4 else 4
    if version[0] == 4:
        return document
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        older: dict[str, Any] = json.loads(json.dumps(nbformat.convert(_node(document), 3)))
    return older


def _script(cells: list[Piece], kind: str) -> str:
    notebook = _node(_document(cells))
    if kind in LIGHT:
        return str(jupytext.writes(notebook, fmt=LIGHT[kind]))
    return str(PythonExporter().from_notebook_node(notebook)[0])


def _node(document: dict[str, Any]) -> Any:
    """The document as nbformat has it: a cell's source is one string."""
    return nbformat.from_dict(document | {"cells": [cell | {"source": "".join(cell["source"])} for cell in document["cells"]]})


def _beside(wrap: str, tree: Tree, form: Form) -> Tree:
    if wrap == "folder":
        return {f"homework 1/final version/{name}": content for name, content in tree.items()}
    (first, *_) = tree
    parent = first.rpartition("/")[0]
    front = f"{parent}/" if parent else ""
    scratch = json.dumps(_document([Piece("import torch"), Piece("x = torch.ones(3)\nprint(x)")])).encode()
    match wrap:
        case "scratch":
            return tree | {f"{front}test.ipynb": scratch, f"{front}data.csv": b"1,2\n", f"{front}README.md": b"hi\n"}
        case "early scratch":
            return tree | {f"{front}000.ipynb": scratch}
        case "late scratch":
            return tree | {f"{front}zzz.ipynb": scratch, f"{front}helper.py": b"def help():\n    return 1\n"}
        case "AppleDouble":
            double = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(60)
            name = first.rpartition("/")[2]
            mac = {f"__MACOSX/{front}._{name}": double, f"{front}._{name}": double, f"{front}.DS_Store": b"\x00\x00\x00\x01Bud1"}
            return tree | mac
        case _:
            return tree | {f"{front}.ipynb_checkpoints/{form.name}-checkpoint.ipynb": scratch}


def _zip(tree: Tree) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in tree.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def _tar(tree: Tree, kind: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if kind == "tar.gz" else "w") as packed:
        for name, content in tree.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
