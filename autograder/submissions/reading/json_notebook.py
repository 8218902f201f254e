"""Takes the JSON text of a notebook, nbformat 3 to 4.5, and gives its code cells; outputs are skipped and never built."""

from __future__ import annotations

from typing import Any

import msgspec

from autograder.errors import SubmissionError
from autograder.submissions.notebook import Cell
from autograder.submissions.reading.json_repair import mend, sides
from autograder.submissions.reading.limits import MAX_CELLS, MAX_REPAIRED, MAX_SOURCE
from autograder.submissions.reading.text import normal_lines, to_utf8

_NONE = msgspec.Raw()
_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)


class _Document(msgspec.Struct):
    """Fields stay raw, so that one of an odd type costs no other and what is not asked for is only skipped."""

    cells: msgspec.Raw = _NONE
    worksheets: msgspec.Raw = _NONE
    nbformat: msgspec.Raw = _NONE


class _Cell(msgspec.Struct):
    """The same for a cell; `input` and `prompt_number` are version 3's names."""

    cell_type: msgspec.Raw = _NONE
    source: msgspec.Raw = _NONE
    input: msgspec.Raw = _NONE
    outputs: msgspec.Raw = _NONE
    execution_count: msgspec.Raw = _NONE
    prompt_number: msgspec.Raw = _NONE


def notebook_cells(content: bytes | bytearray, name: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The code cells, and a note for whatever was not as it should be. Raises SubmissionError if there are none to be had."""
    text, encoding = to_utf8(content)
    notes: dict[str, None] = {}
    if encoding != "utf-8":
        notes[f"The notebook is in {encoding[:6].upper()} and was read as such."] = None
    try:
        cells = _cells(_document(text), notes, name)
    except _ERRORS as error:
        cells = _mended(text, notes, name, error)
    if not any(cell.source.strip() for cell in cells):
        raise SubmissionError(f"{name}: the notebook has no code cells")
    return cells, tuple(notes)


def _mended(text: bytes | bytearray | memoryview, notes: dict[str, None], name: str, error: Exception) -> tuple[Cell, ...]:
    damaged = f"{name}: a notebook that breaks off or is damaged: {' '.join(str(error).split())[:200]}"
    if len(text) > MAX_REPAIRED:
        raise SubmissionError(damaged) from error
    for side in sides(bytes(text)):
        try:
            cells = _cells(_document(side), notes, name)
        except _ERRORS:
            continue
        notes["The notebook holds both sides of a merge that was not finished: one of them was read."] = None
        return cells
    try:
        content, mended = mend(bytes(text))
        cells = _cells(_document(content), notes, name)
    except _ERRORS as again:
        raise SubmissionError(damaged) from again
    notes.update(dict.fromkeys(f"The notebook was not valid JSON and was mended: {what}." for what in mended))
    return cells


def _document(text: bytes | bytearray | memoryview) -> _Document:
    return msgspec.json.decode(text, type=_Document)


def _cells(document: _Document, notes: dict[str, None], name: str) -> tuple[Cell, ...]:
    raw = _list(document.cells)
    if raw is None:
        sheets = _list(document.worksheets)
        if sheets is None:
            raise SubmissionError(f"{name}: not a notebook: it is JSON, but has no list of cells")
        notes["The notebook has an old format (version 3) and was read as such."] = None
        raw = [cell for sheet in sheets for cell in _list(_struct(sheet, _Document).cells) or ()]
    else:
        version = _any(document.nbformat)
        if isinstance(version, int) and version > 4:
            notes["The notebook has a newer format than is known and was read as version 4."] = None
    cells: list[Cell] = []
    size = 0
    for index, entry in enumerate(raw):
        fields = _struct(entry, _Cell)
        if not _is_code(fields, notes):
            continue
        source = _source(fields, len(cells) + 1, notes)
        size += len(source)
        count = _any(fields.execution_count or fields.prompt_number)
        kept = count if type(count) is int and abs(count) < 1 << 31 else None
        cells.append(Cell(number=len(cells) + 1, index=index, source=source, execution_count=kept))
        check_size(len(cells), size, name)
    return tuple(cells)


def check_size(cells: int, characters: int, name: str) -> None:
    """Raise SubmissionError for more code than anybody writes."""
    if cells > MAX_CELLS or characters > MAX_SOURCE:
        raise SubmissionError(
            f"{name}: has more than {MAX_CELLS:,} code cells or {MAX_SOURCE // 1_000_000} million characters of code; "
            "that is no work on this assignment"
        )


def _is_code(cell: _Cell, notes: dict[str, None]) -> bool:
    kind = _any(cell.cell_type)
    if kind == "code":
        return True
    if isinstance(kind, str) and kind.strip().lower() != "code":
        return False
    if kind is None and not (cell.outputs or cell.execution_count or cell.input or cell.prompt_number):
        return False
    if isinstance(kind, str) or kind is None:
        notes["Cells whose type is not given as it should be were read as code."] = None
        return True
    return False


def _source(cell: _Cell, number: int, notes: dict[str, None]) -> str:
    value = _any(cell.source or cell.input)
    if isinstance(value, list):
        lines = [part for part in value if isinstance(part, str)]
        if len(lines) < len(value):
            notes[f"Parts of code cell {number} are not text and were left out."] = None
        # Some programs leave out the line ends that the format asks for.
        bare = len(lines) > 1 and not any(line.endswith(("\n", "\r")) for line in lines)
        if bare and any(line.strip() for line in lines):
            notes["Lines of cells had no line ends and were joined as lines."] = None
        text = ("\n" if bare else "").join(lines)
    elif isinstance(value, str):
        text = value
    else:
        if value is not None:
            notes[f"The source of code cell {number} is not text and was left out."] = None
        text = ""
    if "\x00" in text:
        notes["NUL characters in code cells were left out."] = None
        text = text.replace("\x00", "")
    return normal_lines(text).removeprefix("\ufeff").encode(errors="replace").decode()


def _list(raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    """None for what is no list."""
    if bytes(memoryview(raw)[:1]) != b"[":
        return None
    return msgspec.json.decode(raw, type=list[msgspec.Raw])


def _struct(raw: msgspec.Raw, kind: Any) -> Any:
    """An empty one for what is no object."""
    return msgspec.json.decode(raw, type=kind) if bytes(memoryview(raw)[:1]) == b"{" else kind()


def _any(raw: msgspec.Raw) -> Any:
    return msgspec.json.decode(raw) if memoryview(raw) else None
