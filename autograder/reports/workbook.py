"""Makes a workbook: sheets in, the bytes of an xlsx file out, in which text is text, and the same sheets give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from autograder.reports.text import encodable_name, readable

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_CELL: Final = 32_000
"""Characters that a cell may have, and some."""
_TIMES: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")

Value = str | float | int | None


class Sheet(NamedTuple):
    """A sheet: its title, its headings, which stay in sight, and its rows."""

    title: str
    header: Iterable[str]
    rows: Iterable[Iterable[Value]]


def workbook(*sheets: Sheet) -> bytes:
    """The file's content. Needs the package openpyxl."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _add(book, sheet)
    target = io.BytesIO()
    book.save(target)
    return _timeless(target.getvalue())


def _timeless(book: bytes) -> bytes:
    """The same workbook without the time at which it was made."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # of 1980, the first day that an archive knows
    return target.getvalue()


def _add(book: Any, wanted: Sheet) -> None:
    from openpyxl.styles import Font

    sheet: WriteOnlyWorksheet = book.create_sheet(wanted.title)
    sheet.freeze_panes = "A2"
    heading = [_text(sheet, name) for name in wanted.header]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    for row in wanted.rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])


def _text(sheet: WriteOnlyWorksheet, text: str) -> Any:
    """A cell that is text whatever it begins with, without what XML cannot hold."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=readable(encodable_name(text), _CELL))
    cell.data_type = "s"  # "=1+1" would be a formula
    return cell
