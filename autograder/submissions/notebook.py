"""What was read of a submission: its code cells in order, and remarks on how they were come by."""

from __future__ import annotations

import msgspec


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A code cell: its 1-based number among the code cells, its 0-based place in the notebook, its source."""

    number: int
    index: int
    source: str
    execution_count: int | None = None


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: code cells, remarks on what was handed in, SHA-256 of it in hexadecimal."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    digest: str
