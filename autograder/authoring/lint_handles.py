"""Takes one test function and finds operations that work on a student's object itself, but not on a remote handle to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from autograder.authoring.lint_blocks import Finding, Part, Severity

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_ADVICE = {
    "remote-isinstance": "`{name}` does not work on it; compare values, or ask `hasattr(x, ...)` or for its `shape`",
    "remote-type": "its type is not the student's; compare values, or ask `hasattr(x, ...)` or for its `shape`",
    "remote-identity": "it is never the same object twice; compare values with `==` or `torch.equal`",
    "remote-copy": "it cannot be copied here; copy the tensors in it with `clone()`, or make another object",
}


def check_handles(part: Part, function: ast.FunctionDef) -> Iterator[Finding]:
    """Sure misuses of the test's parameters are errors; of what was got from them, which may be plain data, warnings."""
    handles, copies = _find_handles(function), _copies(function)
    for node in walk(function):
        for code, name, operands in _refused(node, copies):
            severities = {operand: handles.severity(operand) for operand in operands}
            found = next((operand for operand in operands if severities[operand] == "error"), None)
            found = found or next((operand for operand in operands if severities[operand]), None)
            if found is not None:
                severity: Severity = severities[found] or "warning"
                what = "is a handle to the student's object unless it is plain data or a tensor"
                text = f"`{ast.unparse(found)[:60]}` {what}, and {_ADVICE[code].format(name=name)}."
                yield part.finding(code, text, found.lineno - 1, severity)


def is_student_side(node: ast.AST) -> TypeGuard[Definition]:
    """Whether `node` defines something that runs beside the student's objects."""
    return isinstance(node, Definition) and any(
        "student_side" in (getattr(mark, "id", None), getattr(mark, "attr", None)) for mark in node.decorator_list
    )


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes in order of the text, but those of student-side definitions, which meet the real objects."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not is_student_side(child):
            yield from walk(child)


def parameters_of(function: ast.FunctionDef) -> set[str]:
    """Names of all parameters."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {argument.arg for argument in every if argument is not None}


def root_of(node: ast.AST) -> str | None:
    """The name that a chain of calls, attributes and items starts from: `net` in `net.layers[0].forward(x)`."""
    while True:
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[first, *_]):
                node = first
            case ast.Call(func=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return None


@dataclass(frozen=True)
class _Handles:
    """Names that may stand for student objects: the test's parameters, and what was got from them."""

    parameters: set[str]
    derived: set[str]

    def severity(self, node: ast.expr) -> Severity | None:
        """How sure it is that `node` is a student object."""
        if isinstance(node, ast.Tuple):
            found = {self.severity(element) for element in node.elts}
            return "error" if "error" in found else "warning" if "warning" in found else None
        root = root_of(node)
        if isinstance(node, ast.Name) and root in self.parameters:
            return "error"
        return "warning" if root in self.parameters | self.derived else None


def _find_handles(function: ast.FunctionDef) -> _Handles:
    bound = [(target, source) for node in walk(function) for target, source in _bindings(node)]
    parameters = parameters_of(function)
    handles = _Handles(parameters, set())
    while True:
        more = {name for target, source in bound if handles.severity(source) for name in _stored(target)}
        if more <= handles.derived:
            break
        handles.derived.update(more)
    rebound = {name for target, _ in bound for name in _stored(target)} & parameters
    return _Handles(parameters - rebound, handles.derived | rebound)


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source):
            yield target, source
        case _:
            pass


def _stored(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _copies(function: ast.FunctionDef) -> set[str]:
    """Names under which the function has `copy` and `deepcopy` themselves."""
    return {
        alias.asname or alias.name
        for node in walk(function)
        if isinstance(node, ast.ImportFrom) and node.module == "copy"
        for alias in node.names
    }


def _refused(node: ast.AST, copies: set[str]) -> Iterator[tuple[str, str, list[ast.expr]]]:
    """Operations that a handle refuses or answers wrongly: kind, name, and the operands that must not be handles."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass" as name), args=arguments):
            yield "remote-isinstance", name, arguments
        case ast.Call(func=ast.Name(id="type"), args=[argument]):
            yield "remote-type", "type", [argument]
        case ast.Attribute(value=value, attr="__class__"):
            yield "remote-type", "__class__", [value]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="copy"), attr="copy" | "deepcopy" as name), args=[argument, *_]):
            yield "remote-copy", name, [argument]
        case ast.Call(func=ast.Name(id=name), args=[argument, *_]) if name in copies:
            yield "remote-copy", name, [argument]
        case ast.Compare(left=left, ops=operators, comparators=comparators):
            operands = [left, *comparators]
            for operator, pair in zip(operators, zip(operands, comparators, strict=False), strict=True):
                if isinstance(operator, (ast.Is, ast.IsNot)) and not any(_is_none(operand) for operand in pair):
                    yield "remote-identity", "is", list(pair)
        case _:
            pass


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
