"""Applies every operator to every node of a cell: source in, mutants out, always the same and in the same order."""

from __future__ import annotations

import ast
import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import libcst as cst

from autograder.authoring.audit.mutate import flow, names, tensors, values
from autograder.authoring.audit.mutate.surroundings import Surroundings
from autograder.submissions.source import plain

Operator = Callable[[cst.CSTNode, Surroundings], Iterator[tuple[cst.CSTNode, str]]]
"""Takes a node; yields what could wrongly stand in its place, each with a few words on the difference."""

OPERATORS: Mapping[str, Operator] = {**values.OPERATORS, **tensors.OPERATORS, **names.OPERATORS, **flow.OPERATORS}


@dataclass(frozen=True)
class Mutant:
    """A cell with one thing wrong in it.

    Attributes:
        id: `question/operator/line:column#hash`. The hash is that of the change with the lines around it, so it stays when
            other parts of the cell change; line and column tell where to look.
        cell: which of the question's cells it is, from 0.
        what: the difference in a few words.
        diff: the difference as a unified diff.
        written: whether it is in a line that students write; if not, in one that they are given.
        line: the text of the line that it begins in, without its indent.
    """

    id: str
    question: str
    operator: str
    cell: int
    source: str
    what: str
    diff: str
    written: bool
    line: str

    @property
    def key(self) -> str:
        """The id without the place: what a mark of equivalence is held against."""
        return key_of(self.id)


def key_of(mutant_id: str) -> str:
    """`question/operator#hash` of an id."""
    head, _, content = mutant_id.partition("#")
    return f"{head.rpartition('/')[0]}#{content}"


def imported_modules(sources: Iterable[str]) -> frozenset[str]:
    """Names that import statements bind anywhere in these cells."""
    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(plain(source))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return frozenset(found)


def mutants(
    question: str, source: str, *, cell: int = 0, written: Collection[int] = (), modules: Collection[str] = ()
) -> tuple[Mutant, ...]:
    """All mutants of a cell in the order of its text. One that equals another, or the original, or does not parse, is left out.

    `written` are the numbers of the lines that students write, `modules` the names that stand for imported modules. What is
    only shown (`print(...)`, `plt.plot(...)`), docstrings and imports are left alone.

    Raises libcst.ParserSyntaxError if the source does not parse.
    """
    around = Surroundings(source, modules)
    seen, taken = {_tree(source)}, set[str]()
    found = []
    for node, operator, new, what in _edits(around):
        changed = around.module.deep_replace(node, new)
        text = changed.code if isinstance(changed, cst.Module) else source
        tree = _tree(text)
        if tree is None or tree in seen:
            continue
        seen.add(tree)
        lines, diff = _diff(source, text)
        place = around.position(node)
        content = _digest(question, operator, diff)
        if content in taken:  # the same change in the same surroundings, elsewhere in the cell
            content = _digest(question, operator, diff, f"{place.line}:{place.column}")
        taken.add(content)
        name = f"{question}/{operator}/{place.line}:{place.column}#{content}"
        line = source.splitlines()[place.line - 1].strip()
        theirs = not (lines or {place.line}).isdisjoint(written)
        found.append(Mutant(name, question, operator, cell, text, what, diff, theirs, line))
    return tuple(found)


def _edits(around: Surroundings) -> Iterator[tuple[cst.CSTNode, str, cst.CSTNode, str]]:
    pending: list[cst.CSTNode] = [around.module]
    while pending:
        node = pending.pop()
        if around.only_shows(node) or around.is_docstring(node) or isinstance(node, (cst.Import, cst.ImportFrom, cst.Annotation)):
            continue
        for name, operator in OPERATORS.items():
            for new, what in operator(node, around):
                yield node, name, new, what
        pending.extend(reversed(node.children))


def _tree(source: str) -> str | None:
    try:
        return ast.dump(ast.parse(plain(source)))
    except (SyntaxError, ValueError):
        return None


def _diff(old: str, new: str) -> tuple[set[int], str]:
    """Numbers of the old lines that differ, and the difference as a unified diff without its file names."""
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    touched = {line + 1 for tag, start, end, *_ in matcher.get_opcodes() if tag != "equal" for line in range(start, end)}
    lines = list(difflib.unified_diff(before, after, n=2, lineterm=""))[2:]
    return touched, "\n".join(lines)


def _digest(*parts: str) -> str:
    text = "\0".join(line for part in parts for line in part.splitlines() if not line.startswith("@@"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]
