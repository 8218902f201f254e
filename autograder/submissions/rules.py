"""Finds what the assignment forbids in the source of the definitions that must obey a rule, with cell and line."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from autograder.config import Rule
from autograder.results import Violation
from autograder.submissions.notebook import Cell
from autograder.submissions.salvage import salvage
from autograder.submissions.source import Parsed, parse

_Place = tuple[int, ast.stmt]


def check_rules(
    rules: Sequence[Rule], cells: Sequence[Cell], renamed: Mapping[str, str] | None = None
) -> dict[str, tuple[Violation, ...]]:
    """Question to the violations in its last definitions, in what is assigned to them later, and in what these use by name.

    `cells` stand in the order in which they are run; `renamed` has the assignment's names for those that students gave.
    """
    back = {name: given for given, name in (renamed or {}).items()}
    aliases: dict[str, str] = {}
    places: dict[str, list[_Place]] = {}
    for cell in cells:
        for statement in _salvaged(cell.source).statements:
            aliases.update(_aliases(statement, aliases))
            match statement:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    bases = statement.bases if isinstance(statement, ast.ClassDef) else []
                    reopened = any(isinstance(base, ast.Name) and base.id == name for base in bases)
                    places[name] = [*(places.get(name, ()) if reopened else ()), (cell.number, statement)]
                case ast.Assign(targets=targets):  # `Linear.forward = forward`
                    for target in targets:
                        match target:
                            case ast.Attribute(value=ast.Name(id=owner)) if owner in places:
                                places[owner].append((cell.number, statement))
                case _:
                    pass
    found: dict[str, tuple[Violation, ...]] = {}
    for rule in rules:
        for question, names in rule.applies.items():
            both = [*names, *(back[name] for name in names if name in back)]
            violations = tuple(_violations(rule, _reached(both, places), aliases))
            if violations:
                found[question] = (*found.get(question, ()), *violations)
    return found


def _salvaged(source: str) -> Parsed:
    """The statements that will be run: of a cell that does not parse, those that are left of it."""
    parsed = parse(source)
    left = salvage(source) if parsed.broken else None
    return parse(left.source) if left else parsed


def _reached(names: Sequence[str], places: dict[str, list[_Place]]) -> list[_Place]:
    """The definitions of these names, and those that they use by name, directly or through others."""
    pending, seen = list(names), dict[str, list[_Place]]()
    while pending:
        name = pending.pop()
        if name in places and name not in seen:
            seen[name] = places[name]
            pending.extend(node.id for _, part in places[name] for node in ast.walk(part) if isinstance(node, ast.Name))
    return [place for parts in seen.values() for place in parts]


def _violations(rule: Rule, places: list[_Place], aliases: dict[str, str]) -> Iterator[Violation]:
    forbidden = tuple(f"{name}." for name in rule.forbidden)
    for number, statement in places:
        local = aliases | {k: v for node in ast.walk(statement) for k, v in _aliases(node, aliases).items()}
        seen: set[tuple[int, str]] = set()
        for node in ast.walk(statement):
            thing = _dotted(node, local) or _method(node, local)
            line = getattr(node, "lineno", 0)
            if thing is None or not f"{thing}.".startswith(forbidden) or any(at == line for at, _ in seen):
                continue
            seen.add((line, thing))
            yield Violation(
                rule=rule.name, thing=thing, found="source", cell=number, line=line,
                message=f"Line {line} of code cell {number} uses {thing}; the rule is: {rule.title}",
            )  # fmt: skip


def _aliases(node: ast.AST, known: dict[str, str]) -> dict[str, str]:
    """Names that an import, or an assignment of a module or function, makes stand for a dotted name."""
    match node:
        case ast.Import(names=names):
            return {a.asname or a.name.partition(".")[0]: a.name if a.asname else a.name.partition(".")[0] for a in names}
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return {a.asname or a.name: f"{module}.{a.name}" for a in names}
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            dotted = _dotted(value, known)
            return {name: dotted} if dotted else {}
        case _:
            return {}


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """The full name of `nn.functional.relu` or `getattr(torch, "relu")`; None unless it starts at a known name."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name)
        case ast.Attribute(value=value, attr=attribute):
            base = _dotted(value, aliases)
            return f"{base}.{attribute}" if base else None
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attribute)), *_]):
            base = _dotted(value, aliases)
            return f"{base}.{attribute}" if base else None
        case _:
            return None


def _method(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """`torch.Tensor.backward` for `loss.backward()`. The student's own `backward` takes a gradient, so that is let be."""
    match node:
        case ast.Call(func=ast.Attribute(attr="backward"), args=[]):
            return "torch.Tensor.backward"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if owner != "self" and owner not in aliases:
            return f"torch.Tensor.{name}" if name in {"relu", "relu_", "sigmoid", "sigmoid_", "softmax", "log_softmax"} else None
        case _:
            return None
