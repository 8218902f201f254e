"""A complete notebook that mishaps change: its cells, how they are stored, and which questions may lose marks by it."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from autograder.assignment import Assignment
from autograder.submissions import Cell, align
from autograder.submissions.outline import outline_cell

LIBRARIES = frozenset({"torch", "nn", "plt", "np", "datasets", "transforms", "DataLoader"})
"""Names that cells share without depending on each other."""


@dataclass
class Piece:
    """One cell.

    Attributes:
        kind: "code", "markdown" or "raw".
        questions: those that the cell answers, alone or with others.
        count: its saved execution count.
        last: whether it must stay below the work, as what never ends does.
    """

    text: str
    kind: str = "code"
    questions: frozenset[str] = frozenset()
    count: int | None = None
    tags: tuple[str, ...] = ()
    output: str = ""
    last: bool = False

    @property
    def otter(self) -> bool:
        """Whether it is one of Otter's."""
        return self.kind == "code" and "grader" in self.text

    @property
    def names(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Global names that it binds, defines, and uses, the owner of an attribute for an attribute."""
        return _names(self.text) if self.kind == "code" else (frozenset(), frozenset(), frozenset())

    def tree(self) -> ast.Module | None:
        """Its statements; None if it is no code or not plain Python."""
        if self.kind != "code":
            return None
        return _tree(self.text)


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    binds, definitions, uses = outline_cell(text)
    return frozenset(binds), frozenset(definitions), frozenset(name.partition(".")[0] for name in uses)


@lru_cache(maxsize=4096)
def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


@dataclass
class Form:
    """How the notebook is stored and handed in.

    Attributes:
        version: of the notebook's format; major and minor.
        script: None for a notebook, or "percent", "light", "nbconvert".
        encoding: of the text.
        edits: what is done to the notebook's JSON, in order.
        wraps: how the file is packed, from the innermost outwards: "zip", "tar.gz", "folder", "scratch", "AppleDouble".
    """

    name: str = "neural_networks"
    version: tuple[int, int] = (4, 5)
    script: str | None = None
    encoding: str = "utf-8"
    suffix: str | None = None
    edits: list[Callable[[dict[str, object]], None]] = field(default_factory=list)
    wraps: list[str] = field(default_factory=list)


@dataclass
class Work:
    """A notebook on its way to the grader.

    Attributes:
        protected: question to the names that its test cases ask for.
        may_lose: questions that may lose marks by what was done.
        counted: whether only the saved execution counts tell the order in which cells ran.
    """

    cells: list[Piece]
    protected: dict[str, frozenset[str]]
    given: dict[str, str]
    may_lose: set[str] = field(default_factory=set)
    form: Form = field(default_factory=Form)
    counted: bool = False

    @classmethod
    def of(cls, assignment: Assignment, sources: Sequence[str]) -> Work:
        """The work in these code cells."""
        cells = [Cell(number=number, index=number, source=source) for number, source in enumerate(sources, 1)]
        found = align(assignment.outline, cells).cells
        pieces = [
            Piece(cell.source, questions=frozenset(name for name, numbers in found.items() if cell.number in numbers))
            for cell in cells
        ]
        protected = {
            question.name: frozenset(name for case in question.cases for name in case.parameters)
            for question in assignment.questions
        }
        blanks = {
            str(cell.question): source
            for cell, source in zip(assignment.outline, assignment.given, strict=True)
            if cell.question is not None
        }
        return cls(pieces, protected, blanks)

    def code(self) -> list[Piece]:
        """Code cells, Otter's left out."""
        return [cell for cell in self.cells if cell.kind == "code" and not cell.otter]

    def answers(self) -> list[Piece]:
        """Cells that answer a question."""
        return [cell for cell in self.cells if cell.questions]

    def plain(self) -> list[Piece]:
        """Code cells that are plain Python and not Otter's."""
        return [cell for cell in self.code() if cell.tree() is not None]

    def defining(self) -> list[Piece]:
        """Answers that define a class or function that tests ask for."""
        asked = frozenset().union(*self.protected.values())
        return [cell for cell in self.answers() if cell.names[1] & asked]

    def using(self) -> list[Piece]:
        """Answers that are plain statements without a definition."""
        return [cell for cell in self.answers() if cell.tree() is not None and not cell.names[1]]

    def at(self, piece: Piece) -> int:
        """Where a cell is now."""
        return next(index for index, cell in enumerate(self.cells) if cell is piece)

    def insert(self, index: int, text: str, kind: str = "code", *, last: bool = False) -> Piece:
        """A new cell there; its text loses its indentation."""
        piece = Piece(textwrap.dedent(text).strip("\n"), kind, last=last)
        self.cells.insert(index, piece)
        return piece

    def spread(self, names: frozenset[str], start: int) -> set[str]:
        """Questions from cell `start` on that may lose marks if these names are missing or wrong there."""
        missing, lost = set(names), set[str]()
        for cell in self.cells[start:]:
            binds, _, uses = cell.names
            if uses & missing:
                missing |= binds
                lost |= cell.questions
            else:
                missing -= binds
            lost |= {question for question in cell.questions if self.protected.get(question, frozenset()) & missing}
        return lost


def statements(piece: Piece) -> Iterator[str]:
    """The text of a plain cell, cut behind each top-level statement; comments stay with what follows."""
    tree = piece.tree()
    lines = piece.text.split("\n")
    start = 0
    body = tree.body if tree is not None else []
    for number, statement in enumerate(body):
        end = statement.end_lineno or statement.lineno
        following = body[number + 1] if number + 1 < len(body) else None
        if following is None:
            end = len(lines)
        elif following.lineno <= end:
            continue  # two on one line
        yield "\n".join(lines[start:end])
        start = end


def reads_first(piece: Piece, name: str) -> bool | None:
    """Whether a cell reads a global name before it binds it; None if it does neither."""
    return _reads_first(piece.text, name) if piece.kind == "code" else None


@lru_cache(maxsize=65536)
def _reads_first(text: str, name: str) -> bool | None:
    tree, (binds, _, uses) = _tree(text), _names(text)
    if name not in uses | binds:
        return None
    for statement in tree.body if tree is not None else ():
        found = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id == name]
        if found:
            return not (isinstance(statement, ast.Assign) and all(isinstance(node.ctx, ast.Store) for node in found))
    return True


def is_dead(work: Work, index: int, name: str) -> bool:
    """Whether what a name holds before cell `index` is not read by any cell from there on."""
    for cell in work.cells[index:]:
        first = reads_first(cell, name)
        if first is not None:
            return not first
    return True
