"""What was read of a submission: its code cells in order, and remarks on how they were come by."""

from __future__ import annotations

import msgspec


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A code cell: its 1-based number among the code cells, its 0-based place in the notebook, its source.

    `whole`: the number of the cell that this is a piece of, if it was taken apart.
    """

    number: int
    index: int
    source: str
    execution_count: int | None = None
    whole: int | None = None

    @property
    def shown(self) -> int:
        """The number by which people know it: its own, or that of the cell that it is a piece of."""
        return self.number if self.whole is None else self.whole


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module that was handed in with the notebook: its path from the notebook's folder, with `/`, and its text.

    The path of one in the folder above begins with `../`.
    """

    path: str
    source: str

    @property
    def top(self) -> str:
        """The name that an import of it begins with."""
        return self.path.removeprefix("../").partition("/")[0].removesuffix(".py")


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: code cells, remarks on what was handed in, SHA-256 of it in hexadecimal, modules that lie with it."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    digest: str
    modules: tuple[Module, ...] = ()
