"""Finds what the assignment forbids in the source of the definitions that must obey a rule, with cell and line."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.config import Rule
from autograder.results import Violation
from autograder.submissions.notebook import Cell, Module
from autograder.submissions.outline import free_names
from autograder.submissions.salvage import salvage
from autograder.submissions.source import Parsed, parse

BUILT = "(a name that is only made up while the code runs)"
"""Stands for the attribute of a module that nobody can tell from the source. Below such a module anything may be meant, also
what turns off the watch over calls, so it counts as forbidden where the module holds anything forbidden."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Place = tuple[int | str, ast.stmt]
"""The number of a cell, or the path of a module, and a statement in it."""


def check_rules(
    rules: Sequence[Rule],
    cells: Sequence[Cell],
    renamed: Mapping[str, str] | None = None,
    modules: Sequence[Module] = (),
) -> dict[str, tuple[Violation, ...]]:
    """Question to the violations in its last definitions, in what is assigned to them later, and in what these use by name.

    `cells` stand in the order in which they are run; `renamed` has the assignment's names for those that students gave;
    what `modules` define counts as defined before the first cell.
    """
    back = {name: given for given, name in (renamed or {}).items()}
    aliases: dict[str, str] = {}
    places: dict[str, list[_Place]] = {}
    sources: list[tuple[int | str, str]] = [(module.path, module.source) for module in modules]
    sources += [(cell.number, cell.source) for cell in cells]
    for place, source in sources:
        for statement in _salvaged(source).statements:
            if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
                aliases.pop(statement.name, None)  # `from torch.nn import Linear`, and then a Linear of their own
            aliases.update(_aliases(statement, aliases))
            match statement:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    bases = statement.bases if isinstance(statement, ast.ClassDef) else []
                    reopened = any(isinstance(base, ast.Name) and base.id == name for base in bases)
                    places[name] = [*(places.get(name, ()) if reopened else ()), (place, statement)]
                case ast.Assign(targets=targets):  # `Linear.forward = forward`
                    for target in targets:
                        match target:
                            case ast.Name(id=name) if _compiles(statement.value, aliases):  # `act = torch.jit.script(f)`
                                places[name] = [(place, statement)]
                            case ast.Attribute(value=ast.Name(id=owner)) if owner in places:
                                places[owner].append((place, statement))
                case _:
                    pass
    found: dict[str, tuple[Violation, ...]] = {}
    for rule in rules:
        for question, names in rule.applies.items():
            both = [*names, *(back[name] for name in names if name in back)]
            violations = tuple(_violations(rule, _reached(both, places), aliases, places))
            if violations:
                found[question] = (*found.get(question, ()), *violations)
    return found


_COMPILERS = ("torch.jit.", "torch.compile.", "torch.export.", "torch.fx.")
"""What these make calls functions of torch's without anybody seeing it, so what it is assigned to is looked into."""


def _compiles(value: ast.AST, aliases: dict[str, str]) -> bool:
    return any(f"{_dotted(node, aliases)}.".startswith(_COMPILERS) for node in ast.walk(value))


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
            pending.extend(used for _, part in places[name] for used in sorted(_used(part)))
    return [place for parts in seen.values() for place in parts]


def _used(part: ast.AST) -> set[str]:
    """Names that a statement reads from outside: a function's own variables may be called like a function elsewhere."""
    if isinstance(part, ast.ClassDef):
        return set().union(*map(_used, ast.iter_child_nodes(part)))
    names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    if not isinstance(part, _FUNCTIONS):
        return names
    declared = {name for node in ast.walk(part) if isinstance(node, ast.Global) for name in node.names}
    return free_names(part) | names & declared


def _at_work(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, but for what only names a type: annotations, and the second argument of `isinstance`."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        types: list[ast.AST | None] = [getattr(current, field, None) for field in ("annotation", "returns")]
        match current:
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, kind]):
                types.append(kind)
            case _:
                pass
        for child in ast.iter_child_nodes(current):
            if child not in types or any(isinstance(inner, ast.Call) for inner in ast.walk(child)):
                pending.append(child)


def _violations(rule: Rule, places: list[_Place], aliases: dict[str, str], own: Collection[str]) -> Iterator[Violation]:
    forbidden = tuple(f"{name}." for name in rule.forbidden)
    for number, statement in places:
        local = aliases | {k: v for node in ast.walk(statement) for k, v in _aliases(node, aliases).items()}
        seen: set[tuple[int, str]] = set()
        for node in sorted(_at_work(statement), key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))):
            thing = _dotted(node, local) or _method(node, {*local, *own})
            line = getattr(node, "lineno", 0)
            if thing is None or any(at == line for at, _ in seen):
                continue
            base, built, _ = thing.partition(f".{BUILT}")
            if not (f"{thing}.".startswith(forbidden) or (built and any(name.startswith(f"{base}.") for name in forbidden))):
                continue
            seen.add((line, thing))
            where = f"`{number}`" if isinstance(number, str) else f"code cell {number}"
            yield Violation(
                rule=rule.name, thing=thing, found="source", cell=None if isinstance(number, str) else number, line=line,
                message=f"Line {line} of {where} uses {thing}; the rule is: {rule.title}",
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
        case ast.Call(func=ast.Name(id="getattr"), args=[value, name, *_]):
            base = _dotted(value, aliases)
        case ast.Subscript(value=ast.Attribute(value=value, attr="__dict__"), slice=name):
            base = _dotted(value, aliases)
        case ast.Subscript(value=ast.Call(func=ast.Name(id="vars"), args=[value]), slice=name):
            base = _dotted(value, aliases)
        case ast.Subscript(value=modules, slice=name) if _dotted(modules, aliases) == "sys.modules":
            return _text(name)
        case ast.Call(func=ast.Name(id="__import__"), args=[name]):
            return _text(name)
        case ast.Call(func=function, args=[name]) if _dotted(function, aliases) == "importlib.import_module":
            return _text(name)
        case _:
            return None
    return f"{base}.{_text(name) or BUILT}" if base else None


def _text(node: ast.AST) -> str | None:
    """The string that an expression of constants stands for, so that "re" + "lu" is read as it is meant."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [_text(left), _text(right)]
        case ast.JoinedStr(values=values):
            parts = [_text(value) for value in values]
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _text(value)
        case _:
            return None
    texts = [part for part in parts if part is not None]
    return "".join(texts) if len(texts) == len(parts) else None


def _method(node: ast.AST, known: Collection[str]) -> str | None:
    """`torch.Tensor.backward` for `loss.backward()`. The student's own `backward` takes a gradient, so that is let be.

    `known`: names of modules, and of classes and functions of the student's own, which are no tensors.
    """
    match node:
        case ast.Call(func=ast.Attribute(attr="backward"), args=[]):
            return "torch.Tensor.backward"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if owner != "self" and owner not in known:
            return f"torch.Tensor.{name}" if name in {"relu", "relu_", "sigmoid", "sigmoid_", "softmax", "log_softmax"} else None
        case _:
            return None
