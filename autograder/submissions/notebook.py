"""Reads a file that was handed in as a notebook: its code cells in order, or one clear line on why it cannot be read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import SubmissionError

MAX_BYTES = 200 << 20


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A code cell: its 1-based number among the code cells, its 0-based place in the notebook, its source."""

    number: int
    index: int
    source: str
    execution_count: int | None = None


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: code cells, remarks on the file, SHA-256 of its bytes in hexadecimal."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    digest: str


def read_notebook(path: str | Path) -> Notebook:
    """The notebook in a file. Raises SubmissionError, and nothing else, if there is none to be had."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SubmissionError(f"{path.name}: larger than {MAX_BYTES >> 20} MiB; clear the saved outputs and hand it in again")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise SubmissionError(f"{path.name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    document = _document(content, path.name)
    notes: list[str] = []
    cells = _code_cells(document, notes)
    if not any(cell.source.strip() for cell in cells):
        raise SubmissionError(f"{path.name}: the notebook has no code cells")
    return Notebook(cells=tuple(cells), notes=tuple(notes), digest=hashlib.sha256(content).hexdigest())


def _document(content: bytes, name: str) -> dict[str, Any]:
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise SubmissionError(f"{name}: the file is empty")
    for start, kind in ((b"PK\x03\x04", "a zip archive"), (b"%PDF", "a PDF"), (b"<", "a web page")):
        if text.startswith(start):
            raise SubmissionError(f"{name}: not a notebook but {kind}; hand in the .ipynb file itself")
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        begun = "a notebook that breaks off or is damaged" if text.startswith(b"{") else "not a notebook"
        raise SubmissionError(f"{name}: {begun}: {str(error)[:200]}") from error
    if not isinstance(document, dict) or not isinstance(document.get("cells", document.get("worksheets")), list):
        raise SubmissionError(f"{name}: not a notebook: it is JSON, but has no list of cells")
    return document


def _code_cells(document: dict[str, Any], notes: list[str]) -> list[Cell]:
    raw = document.get("cells")
    if not isinstance(raw, list):
        notes.append("The notebook has an old format (version 3) and was read as such.")
        sheets = [sheet for sheet in document["worksheets"] if isinstance(sheet, dict)]
        raw = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    elif isinstance(document.get("nbformat"), int) and document["nbformat"] > 4:
        notes.append("The notebook has a newer format than is known and was read as version 4.")
    cells: list[Cell] = []
    for index, entry in enumerate(raw):
        if not isinstance(entry, dict) or entry.get("cell_type") != "code":
            continue
        count = entry.get("execution_count", entry.get("prompt_number"))
        cells.append(
            Cell(
                number=len(cells) + 1,
                index=index,
                source=_text(entry.get("source", entry.get("input", ""))),
                execution_count=count if type(count) is int and abs(count) < 1 << 31 else None,
            )
        )
    return cells


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.encode(errors="replace").decode() if isinstance(source, str) else ""
