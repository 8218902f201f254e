"""Runs the cells of a known mistake in the grader: the instructor's own code, on a student's data where the notebook draws some.

A question about classes and functions needs their definitions only. Any other is about values that a cell leaves behind, which
depend on random numbers of the notebook: there, the cells that lead up to the mistake take over what the student's have left.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any, Protocol

import torch

from autograder.assignment import Assignment, CellOutline
from autograder.errors import AutograderError
from autograder.grading.literals import replace_literals

DEPTH = 4
"""Objects within objects whose tensors are taken over: a layer in a list in a network is the third."""

Statement = ast.stmt
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


class Student(Protocol):
    """Where a student's values come from."""

    def values(self, names: Sequence[str]) -> Mapping[str, Any]:
        """Those global variables that there are, as the question's cells left them."""
        ...

    def passes(self) -> Sequence[Sequence[tuple[torch.Tensor, torch.Tensor]]]:
        """Batches of each recorded pass over a DataLoader, in order; none outside of the training question."""
        ...

    def snapshot(self) -> tuple[str, Any] | None:
        """Name and value of the variable that was copied before the first pass; None outside of the training question."""
        ...


class Nobody:
    """No student: nothing is taken over."""

    def values(self, names: Sequence[str]) -> Mapping[str, Any]:
        """None."""
        return {}

    def passes(self) -> Sequence[Sequence[tuple[torch.Tensor, torch.Tensor]]]:
        """None."""
        return ()

    def snapshot(self) -> tuple[str, Any] | None:
        """None."""
        return None


class Cells:
    """The solution's notebook with some of its cells changed.

    Attributes:
        own: positions of the cells that answer the question.
    """

    def __init__(self, assignment: Assignment, question: str, changes: Mapping[int, str], literals: Mapping[str, int | float]):
        self.outline: tuple[CellOutline, ...] = assignment.outline
        self.sources = tuple(changes.get(index, source) for index, source in enumerate(assignment.cells))
        self.own = [index for index, cell in enumerate(self.outline) if cell.question == question]
        self._literals = literals
        self._answer: list[Statement] | None = None
        self._before: list[Statement] | None = None

    def definitions(self) -> dict[str, Any]:
        """A namespace of all classes and functions, and of those imports that they use."""
        statements = [statement for source in self.sources for statement in _statements(source)]
        definitions = [statement for statement in statements if isinstance(statement, _FUNCTIONS)]
        used = {name for statement in definitions for name in _loads([statement])}
        imports = [statement for statement in statements if isinstance(statement, _IMPORTS) and _binds(statement) & used]
        space: dict[str, Any] = {"__name__": "__main__"}
        for statement in (*imports, *definitions):
            exec(_compiled(statement), space)
        return space

    def answer(self) -> list[Statement]:
        """The statements of the question's own cells."""
        if self._answer is None:
            sources = [replace_literals(self.sources[index], dict(self._literals)) for index in self.own]
            self._answer = [statement for source in sources for statement in _statements(source)]
        return self._answer

    def _leading(self, given: set[str]) -> list[Statement]:
        """The statements before, as far as the answer goes back to them."""
        if self._before is None:
            earlier = [statement for source in self.sources[: self.own[0]] for statement in _statements(source)]
            self._before = _leading_to(self.answer(), earlier, given)
        return self._before

    def left(self, student: Student, changed: int) -> dict[str, Any]:
        """The namespace that the question's cells leave behind, run up to where one raises.

        Whatever statements before number `changed` of `answer()` bind gets the student's values.
        """
        snapshot = student.snapshot()
        space = self.definitions() | {"print": _silent, "plt": _Mute(), "DataLoader": _loader(student)}
        answer = self.answer()
        before = self._leading(set(space))
        for statement in before:
            exec(_compiled(statement), space)
        if snapshot is None:
            _take_over(space, student.values(sorted({name for one in before for name in _touches(one)})))
        for number, statement in enumerate(answer):
            try:
                exec(_compiled(statement), space)
            except Exception:  # a wrong cell may well raise, and what it has bound by then stays, as in a notebook
                break
            if number < changed:
                touched = _touches(statement)
                if snapshot is None:
                    _take_over(space, student.values(sorted(touched)))
                elif snapshot[0] in touched:
                    _take_over(space, dict([snapshot]))
        return space


def first_change(base: Sequence[Statement], other: Sequence[Statement]) -> int:
    """Number of the first statement in which two cells differ."""
    for number, (mine, theirs) in enumerate(zip(base, other, strict=False)):
        if ast.dump(mine) != ast.dump(theirs):
            return number
    return min(len(base), len(other))


@lru_cache(maxsize=512)
def _statements(source: str) -> tuple[Statement, ...]:
    return tuple(ast.parse(source).body)


@lru_cache(maxsize=2048)
def _compiled(statement: Statement) -> CodeType:
    return compile(ast.Module([statement], []), "<a known mistake>", "exec")


@lru_cache(maxsize=64)
def _bare(statement: Statement) -> Statement:
    """`loader = DataLoader(...)` without its arguments: what it would load is not here, and its passes were recorded."""
    match statement:
        case ast.Assign(targets=targets, value=ast.Call(func=ast.Name(id="DataLoader") as function)):
            call = ast.copy_location(ast.Call(function, [], []), statement)
            return ast.fix_missing_locations(ast.copy_location(ast.Assign(targets, call), statement))
    return statement


def _leading_to(answer: Sequence[Statement], earlier: Sequence[Statement], given: set[str]) -> list[Statement]:
    """Those earlier statements that what the answer uses goes back to."""
    wanted = _loads(answer) - given
    kept: list[Statement] = []
    for statement in map(_bare, reversed(earlier)):
        if not isinstance(statement, (*_FUNCTIONS, *_IMPORTS)) and (_touches(statement) | _called(statement)) & wanted:
            kept.append(statement)
            wanted |= _loads([statement]) - given
        elif isinstance(statement, _IMPORTS) and _binds(statement) & wanted:
            kept.append(statement)
    return kept[::-1]


def _loads(statements: Iterable[Statement]) -> set[str]:
    """Names that are read before anything binds them."""
    bound: set[str] = set()
    read: set[str] = set()
    for node in _in_order(statements):
        if isinstance(node.ctx, ast.Load):
            read |= {node.id} - bound
        else:
            bound.add(node.id)
    return read


def _in_order(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """Names in the order in which they are evaluated."""
    for node in nodes:
        match node:
            case ast.Name():
                yield node
            case ast.Assign(targets=targets, value=value):
                yield from _in_order([value, *targets])
            case ast.For(target=target, iter=iterable, body=body, orelse=orelse):
                yield from _in_order([iterable, target, *body, *orelse])
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                yield from _in_order([*node.generators, *(c for c in ast.iter_child_nodes(node) if c not in node.generators)])
            case ast.comprehension(target=target, iter=iterable, ifs=ifs):
                yield from _in_order([iterable, target, *ifs])
            case _:
                yield from _in_order(ast.iter_child_nodes(node))


def _binds(statement: Statement) -> set[str]:
    if isinstance(statement, _IMPORTS):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    if isinstance(statement, _FUNCTIONS):
        return {statement.name}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _touches(statement: Statement) -> set[str]:
    """Names that a statement binds, or whose objects it changes: by an attribute, or a method called for its effect."""
    if isinstance(statement, (*_FUNCTIONS, *_IMPORTS)):
        return set()  # these are nothing to take over
    touched = _binds(statement)
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                touched |= _root(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
                touched |= _root(function)
    return touched


def _called(statement: Statement) -> set[str]:
    """Names whose objects a statement calls methods of, which may change them: a layer keeps something in its forward pass."""
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return {name for call in calls for name in _root(call)}


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _take_over(space: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, theirs in values.items():
        if name in space:
            space[name] = _taken(space[name], theirs, 0)


def _taken(ours: Any, theirs: Any, depth: int) -> Any:
    """`ours` with the numbers of `theirs` in it, where the two are alike."""
    if isinstance(ours, torch.Tensor):
        if type(theirs) in (torch.Tensor, torch.nn.Parameter) and theirs.shape == ours.shape and theirs.dtype == ours.dtype:
            ours.data.copy_(theirs.detach())
        return ours
    if type(ours) in (bool, int, float):
        return theirs if type(theirs) is type(ours) else ours
    if theirs is None or depth >= DEPTH:
        return ours
    if type(ours) is list:
        for index, item in enumerate(ours):
            ours[index] = _taken(item, _part(theirs, index), depth + 1)
        return ours
    for name, mine in _parts(ours).items():
        if isinstance(mine, (torch.Tensor, list)) or _parts(mine):
            _taken(mine, _part(theirs, name), depth + 1)
    return ours


def _parts(thing: Any) -> dict[str, Any]:
    """Tensors and objects that an object holds, by attribute."""
    if isinstance(thing, torch.nn.Module):
        return {**thing._parameters, **thing._modules}
    if callable(thing) or isinstance(thing, ModuleType) or not hasattr(thing, "__dict__"):
        return {}
    return {name: value for name, value in vars(thing).items() if not name.startswith("_")}


def _part(theirs: Any, key: str | int) -> Any:
    """An attribute or item of a student's object; None where there is none."""
    try:
        return theirs[key] if isinstance(key, int) else getattr(theirs, key)
    except (AutograderError, AttributeError, LookupError, TypeError):
        return None


def _silent(*args: Any, **kwargs: Any) -> None:
    """Stands for `print`."""


class _Mute:
    """Stands for what draws: whatever is asked of it, nothing happens."""

    def __getattr__(self, name: str) -> _Mute:
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> _Mute:
        return self


class _Recorded:
    """Stands for the DataLoaders of a training cell: each pass over one of them gives the next recorded one's batches."""

    def __init__(self, passes: Sequence[Sequence[tuple[torch.Tensor, torch.Tensor]]]):
        self._passes = passes
        self._next = 0
        self.dataset = range(max(1, sum(len(labels) for batches in passes[:1] for _, labels in batches)))

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        self._next += 1
        return iter(self._passes[self._next - 1] if self._next <= len(self._passes) else ())

    def __len__(self) -> int:
        return max(1, len(self._passes[0]) if self._passes else 0)


def _loader(student: Student) -> Any:
    recorded: list[_Recorded] = []

    def made(*args: Any, **kwargs: Any) -> _Recorded:
        if not recorded:
            recorded.append(_Recorded(student.passes()))
        return recorded[0]

    return made
