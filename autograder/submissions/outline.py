"""Takes the source of a code cell and gives the global names that it binds, defines and uses, even if it does not parse."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from autograder.submissions.source import KEPT, Line, parse

_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_NAME = r"[^\W\d]\w*"
# Possessive, so that a long run of spaces is read once: it could be shared out between the parts in any number of ways.
_NAMES = rf"\(?\s*+\*?{_NAME}(?:\s*+,\s*+[(*]*+\s*+{_NAME}\s*+\)?)*+\s*+,?\s*+\)?"
_DEFINES = re.compile(rf"(?:async\s+)?(?:class|def)\s+({_NAME})")
_ASSIGNS = re.compile(rf"\s*+({_NAMES})\s*+(?::[^=]*)?(?:[-+*/@%&|^]|//|\*\*|<<|>>)?=(?!=)")
_LOOPS = re.compile(rf"\s*(?:async\s+)?for\s++({_NAMES})(?<=[\s),])\s*+in\b")
_ENTERS = re.compile(rf"\s*(?:async\s+)?with\b.*\bas\s+({_NAME})\s*:")
_IMPORTS = re.compile(r"\s*(?:from\s+[\w.]+\s+)?import\s+(.+)")
_SETS = re.compile(rf"\s*({_NAME}(?:\.{_NAME})+)\s*(?:[-+*/@])?=(?!=)")
_CALLS = re.compile(rf"\s*({_NAME})\b.*\.({_NAME})\s*\(.*\)\s*$")
_READS = re.compile(rf"(?<![\w.]){_NAME}")
_TEXT = re.compile(r"""("[^"]*"|'[^']*'|#.*)""")


class _Names:
    """What has been seen so far of one cell."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.definitions: set[str] = set()
        self.uses: set[str] = set()


@lru_cache(maxsize=KEPT)
def outline_cell(source: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What a code cell does with global names: those it binds, those of them that are classes or functions, those it uses.

    Uses are the names it reads (built-in ones left out), the attributes it assigns (`torch_layer.weight`), and the methods
    that it calls for their effect alone (`torch_y.backward`), since such a line may be all that a cell holds.
    """
    parsed = parse(source)
    names = _Names()
    try:
        _read_statements(parsed.statements, names)
        _read_lines(parsed.broken, names)
    except RecursionError:
        names = _Names()
        _read_lines([Line(number, text) for number, text in enumerate(source.splitlines(), 1)], names)
    names.uses -= _BUILTINS
    return tuple(sorted(names.binds)), tuple(sorted(names.definitions)), tuple(sorted(names.uses))


def extended_classes(source: str) -> frozenset[str]:
    """Names that a cell assigns attributes to at its top level, as in `Linear.forward = forward`: classes, among others."""
    targets: list[ast.expr] = []
    for statement in parse(source).statements:
        if isinstance(statement, ast.Assign):
            targets += statement.targets
    return frozenset(
        target.value.id for target in targets if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
    )


def _read_statements(statements: Sequence[ast.stmt], names: _Names) -> None:
    """A function without parameters that is called right there (`def main(): ...`, `main()`) counts as its statements."""
    pending: list[ast.AST] = list(statements)
    called = _called_at_once(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.binds.add(node.name)
            names.definitions.add(node.name)
            names.uses |= free_names(node)
            if node.name in called and not isinstance(node, ast.ClassDef):
                pending.extend(inner for inner in node.body if not isinstance(inner, (*_FUNCTIONS, ast.ClassDef)))
        elif isinstance(node, ast.Lambda):
            names.uses |= free_names(node)
        elif isinstance(node, _COMPREHENSIONS):
            names.uses |= free_names(node)
            names.binds |= {inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)}
        else:
            _read_node(node, names)
            pending.extend(ast.iter_child_nodes(node))


def _called_at_once(statements: Sequence[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in statements:
        inner = statement.body if isinstance(statement, ast.If) else [statement]  # `if __name__ == "__main__":`
        for one in inner:
            match one:
                case ast.Expr(value=ast.Call(func=ast.Name(id=name))) | ast.Assign(value=ast.Call(func=ast.Name(id=name))):
                    found.add(name)
                case _:
                    pass
    return found & {node.name for node in statements if isinstance(node, ast.FunctionDef) and not ast.unparse(node.args)}


def _read_node(node: ast.AST, names: _Names) -> None:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            names.binds.add(name)
        case ast.Name(id=name, ctx=ast.Load()):
            names.uses.add(name)
        case ast.AugAssign(target=ast.Name(id=name)):
            names.uses.add(name)
        case ast.Attribute(ctx=ast.Store()):
            names.uses.update(_dotted(node))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver, attr=method))):
            names.uses.update(f"{name}.{method}" for name in _roots(receiver))
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            names.binds.update(alias.asname or alias.name.partition(".")[0] for alias in aliases if alias.name != "*")
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            names.binds.add(name)
        case _:
            pass


def _dotted(node: ast.AST) -> Iterator[str]:
    """`a.b.c` as text, if that is all it is."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        yield ".".join([node.id, *reversed(parts)])


def _roots(node: ast.AST) -> set[str]:
    """Names that a method call starts from: `torch_y` in `torch_y.sum().backward()`."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def free_names(node: ast.AST) -> set[str]:
    """Names that a definition reads from outside itself; a name bound anywhere in a function counts as its own."""
    if isinstance(node, ast.ClassDef):
        free: set[str] = set()
        own: set[str] = set()
        outside = [*node.decorator_list, *node.bases, *(word.value for word in node.keywords)]
        for part in [*outside, *node.body]:
            if isinstance(part, (*_FUNCTIONS, ast.ClassDef)):
                free |= free_names(part)
                own.add(part.name)
            else:
                loaded, bound = _loaded_and_bound(part)
                free |= loaded
                own |= bound
        # A method does not see the class's own names, but telling the two apart is worth nothing here.
        return free - own | {name for part in outside for name in _loaded_and_bound(part)[0]}
    loaded, bound = _loaded_and_bound(node)
    if isinstance(node, _FUNCTIONS):
        bound.discard(node.name)
    return loaded - bound


def _loaded_and_bound(node: ast.AST) -> tuple[set[str], set[str]]:
    loaded: set[str] = set()
    bound: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Load()):
                loaded.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound.update(alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case _:
                pass
    return loaded, bound


def _read_lines(lines: Iterable[Line], names: _Names) -> None:
    """Reads lines that do not parse by their looks: enough to tell which cell this is."""
    inside = False
    for line in lines:
        text = _TEXT.sub(" ", line.text[:2000])
        if text[:1].strip():
            inside = text.startswith(("class ", "def ", "async def ", "@"))
            if defined := _DEFINES.match(text):
                names.binds.add(defined[1])
                names.definitions.add(defined[1])
        if not inside:
            _read_line(text, names)


def _read_line(text: str, names: _Names) -> None:
    for pattern in (_ASSIGNS, _LOOPS, _ENTERS):
        if found := pattern.match(text):
            names.binds.update(_identifiers(found[1]))
    if attribute := _SETS.match(text):
        names.uses.add(attribute[1])
    if called := _CALLS.match(text):
        names.uses.add(f"{called[1]}.{called[2]}")
    if imported := _IMPORTS.match(text):
        for part in imported[1].split(","):
            words = part.strip("() ").split()
            if words:
                names.binds.update(_identifiers(words[-1].partition(".")[0]))
        return
    right = text.partition("=")[2] if _ASSIGNS.match(text) else text
    names.uses.update(_identifiers(right))


def _identifiers(text: str) -> set[str]:
    return {name for name in _READS.findall(text) if not keyword.iskeyword(name)}


def filled_names(source: str) -> set[str]:
    """Names that a cell binds, but for those that it leaves as the template has them: `y = ...`."""
    if "..." not in source:
        return set(outline_cell(source)[0])
    found: set[str] = set()
    for statement in parse(source).statements:
        match statement:
            case ast.Assign(value=ast.Constant(value=value)) if value is ...:
                pass
            case _:
                found.update(outline_cell(ast.unparse(statement))[0])
    return found
