"""What is trained: the solution notebook and small files of wrong work in, source text of each implementation out."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import symtable
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checks import training
from autograder.config import Config
from autograder.errors import UsageError
from autograder.submissions.source import parse, without_docstrings
from autograder.variants import Bases, read_folder
from autograder.variants.bases import code_cells, solved_cells

REFERENCE = "solution"
WRONG = "wrong_training"
"""Folder beside the solution notebook with wrong implementations."""


@dataclass(frozen=True)
class Implementation:
    """Parts of a network to train.

    Attributes:
        name: of its file; `REFERENCE` for the solution.
        title: what is wrong with it.
        source: statements that define the parts, and all that they need.
    """

    name: str
    title: str
    source: str


@dataclass(frozen=True)
class Subjects:
    """All that a calibration trains, and the test that it is judged by.

    Attributes:
        test: source of the test case that makes the capped run.
        function: its name.
        parameters: the parts that it asks for.
        code: digest of the reference's parts and of the loop that trains them.
    """

    test: str
    function: str
    parameters: tuple[str, ...]
    reference: Implementation
    wrong: tuple[Implementation, ...]
    code: str


def read_subjects(config: Config, wrong: Path | None = None) -> Subjects:
    """What to train for a configuration. `wrong` is the folder with wrong implementations; None: the one beside the solution,
    if it is there.

    Raises UsageError if no test in the solution makes a capped run, or if a part of it is not defined there.
    """
    solution = config.resolve(config.assignment.solution)
    if config.training is None:
        raise UsageError(f"{config.path}: there is no section `training`, so there is no threshold to calibrate")
    test, function = _capped_test(solution)
    parameters = tuple(argument.arg for argument in function.args.args)
    cells = tuple(solved_cells(_notebook(solution)))
    folder = wrong or solution.parent / WRONG
    bases = Bases({REFERENCE: cells}, {REFERENCE: {}})
    variants = read_folder(folder, required=frozenset({"title"})) if wrong is not None or folder.is_dir() else ()
    return Subjects(
        test=test,
        function=function.name,
        parameters=parameters,
        reference=Implementation(REFERENCE, "the solution", _source(cells, parameters, solution)),
        wrong=tuple(
            Implementation(one.name, one.keys["title"], _source(changed, parameters, folder / one.name))
            for one in variants
            for changed in [bases.cells(str(folder / one.name), REFERENCE, one.changes)]
        ),
        code=code_digest(config) or "",
    )


def code_digest(config: Config) -> str | None:
    """A digest of what a run of the solution computes: its parts and our loop, without comments and docstrings.

    None if no test of the solution makes a capped run.
    """
    solution = config.resolve(config.assignment.solution)
    try:
        _, function = _capped_test(solution)
    except UsageError:
        return None
    parts = _source(solved_cells(_notebook(solution)), tuple(argument.arg for argument in function.args.args), solution)
    loop = [inspect.getsource(code.definition) for code in (training.train, training.predict)]
    loop.append(inspect.getsource(training.accuracy_of))
    texts = [_bare(text) for text in (parts, *map(textwrap.dedent, loop))]
    constants = (training.MEAN, training.STD, training.CONTROL_STEPS, training.CONTROL_LIMIT)
    return hashlib.sha256(repr((texts, constants)).encode()).hexdigest()[:16]


def _notebook(path: Path) -> dict[str, Any]:
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as a notebook: {error}") from error
    return notebook


def _capped_test(solution: Path) -> tuple[str, ast.FunctionDef]:
    """Source and definition of the test that makes the capped run."""
    for source in code_cells(_notebook(solution)):
        if "capped_run" not in source:
            continue
        for statement in parse(source).statements:
            if isinstance(statement, ast.FunctionDef) and any(_name(node) == "capped_run" for node in ast.walk(statement)):
                return ast.unparse(statement), statement
    raise UsageError(f"{solution}: no test calls `checks.capped_run`, so there is nothing to calibrate")


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _source(cells: Sequence[str], names: Sequence[str], where: Path) -> str:
    """The statements that bind these names, and the names that those use, in their order. Nothing else of the notebook runs."""
    statements = [statement for cell in cells for statement in parse(cell).statements]
    binders: dict[str, list[int]] = {}
    for place, statement in enumerate(statements):
        for name in _bound(statement):
            binders.setdefault(name, []).append(place)
    for name in names:
        if name not in binders:
            raise UsageError(f"{where}: nothing defines `{name}`, which the capped run needs")
    pending, taken = list(names), set[int]()
    while pending:
        for place in binders.get(pending.pop(), ()):
            if place not in taken:
                taken.add(place)
                pending += _used(ast.unparse(statements[place]))
    return "\n\n".join(ast.unparse(statements[place]) for place in sorted(taken))


def _used(source: str) -> list[str]:
    """Names of the notebook that a statement uses, in itself or in a function or class that it defines; no local names."""
    pending = [symtable.symtable(source, "<statement>", "exec")]
    top, names = pending[0], list[str]()
    while pending:
        table = pending.pop()
        pending += table.get_children()
        names += [symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() or table is top]
    return names


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top level binds: a definition, an import, an assignment."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.Assign() | ast.AnnAssign():
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _bare(source: str) -> str:
    """A source text without comments, docstrings, decorators and layout."""
    tree = without_docstrings(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = []
    return ast.unparse(tree)
