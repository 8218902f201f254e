"""Turns OK-format tests, which are doctests, into test functions: one of Otter's specifications in, source text out.

A doctest runs in the student's own namespace, where `np.isclose` is whatever the student has made of it. As a function it runs
in the grader: names that the notebook merely imports are imported there, all others are parameters, and so student objects.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import symtable
import textwrap
from collections.abc import Collection, Mapping
from importlib import resources
from typing import Any

from autograder.authoring.notebook_imports import is_installed
from autograder.errors import AuthoringError

_OPTIONS = {flag: name for name, flag in doctest.OPTIONFLAGS_BY_NAME.items()}
_TITLE = 72


def as_functions(spec: Mapping[str, Any], imports: Mapping[str, str], bound: Collection[str], *, alone: bool = False) -> str:
    """The text of a test file with a function for each case of an OK-format specification.

    `imports`: names that the notebook merely imports, with the statements. `bound`: all names that its cells bind.
    `alone`: the functions run where the grader's package is not, and bring along what they need.
    Raises AuthoringError, which names question and test, for what cannot be turned.
    """
    suites = spec["suites"]
    if len(suites) != 1 or suites[0].get("setup") or suites[0].get("teardown") or suites[0].get("type", "doctest") != "doctest":
        raise AuthoringError(f"question `{spec['name']}`: only one suite of doctests, without setup and teardown, can be graded")
    functions = [
        _function(str(spec["name"]), number, case, imports, bound, alone)
        for number, case in enumerate(suites[0]["cases"], 1)
    ]
    header = f"name = {spec['name']!r}\npoints = {spec.get('points')!r}\nall_or_nothing = {spec.get('all_or_nothing') is True}"
    return "\n\n\n".join(["from otter.test_files import test_case\n\n" + header, *functions]) + "\n"


def _function(
    question: str, number: int, case: Mapping[str, Any], imports: Mapping[str, str], bound: Collection[str], alone: bool
) -> str:
    hidden = case.get("hidden", True) is True
    where = f"question `{question}`, test {number}"
    try:
        examples = doctest.DocTestParser().get_examples(textwrap.dedent(case["code"]))
        if not examples:
            raise AuthoringError(f"{where}: there is nothing in it to test")
        body = "\n".join(_statement(example, where, hidden) for example in examples)
        body = ast.unparse(_Imports().visit(ast.parse(body)))
        parameters, needed = _names(body, imports, bound)
    except (SyntaxError, ValueError) as error:
        raise AuthoringError(f"{where}: cannot be read as a doctest: {error}") from None
    settings = {"points": case.get("points"), "hidden": hidden}
    settings |= {key: case[key] for key in ("success_message", "failure_message") if case.get(key)}
    first = "" if hidden else " ".join(examples[0].source.split())
    title = f"Test {number}" + (f": {first[:_TITLE]}{'...' if len(first) > _TITLE else ''}" if first else "")
    lines = [repr(title), _brought() if alone else "from autograder import checks as _checks", *needed, body]
    said = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    return f"@test_case({said})\ndef test_{number}({', '.join(parameters)}):\n" + textwrap.indent("\n".join(lines), "    ")


def _brought() -> str:
    text = (resources.files("autograder") / "desk" / "showing.py").read_text(encoding="utf-8")
    return f"import types as _types\n_checks = _types.SimpleNamespace()\nexec({text!r}, _checks.__dict__)"


def _statement(example: doctest.Example, where: str, hidden: bool) -> str:
    """One example as a statement that fails if it does not show what it should."""
    if example.exc_msg is not None:
        raise AuthoringError(f"{where}: expects a traceback, which cannot be graded; catch the exception in the test instead")
    tree = ast.parse(example.source)
    options = [_OPTIONS[flag] for flag, on in example.options.items() if on]
    match tree.body:
        case [ast.Expr(value=value)]:
            inside = f"_display({ast.unparse(value)})"
        case [ast.Assert(msg=None, test=test)] if not hidden:
            tree.body[0].msg = ast.Constant(f"this does not hold: {ast.unparse(test)}")  # type: ignore[attr-defined]
            inside = ast.unparse(tree)
        case _:
            inside = ast.unparse(tree)
    if not inside.startswith("_display") and not example.want:
        return inside
    what = " ".join(example.source.split())
    head = f"with _checks.displayed({example.want!r}, {what!r}{''.join(f', {name!r}' for name in options)}) as _display:"
    return f"{head}\n{textwrap.indent(inside, '    ')}"


class _Imports(ast.NodeTransformer):
    """Turns imports of modules that the grader does not have, such as those of students, into handles to them."""

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        """`import a.b as c`, one statement for each alias."""
        return [
            ast.copy_location(ast.Import([alias]), node)
            if is_installed(alias.name)
            else ast.parse(f"{alias.asname or alias.name.partition('.')[0]} = _checks.imported({_loaded(alias)!r})").body[0]
            for alias in node.names
        ]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        """`from a import b as c`."""
        if node.level or is_installed(node.module or ""):
            return node
        return [
            ast.parse(f"{alias.asname or alias.name} = _checks.imported({node.module!r}).{alias.name}").body[0]
            for alias in node.names
        ]


def _loaded(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _names(body: str, imports: Mapping[str, str], bound: Collection[str]) -> tuple[list[str], list[str]]:
    """Parameters of the function that has this body, and the imports that it needs."""
    module = symtable.symtable(f"def test():\n{textwrap.indent(body, '    ')}", "<test>", "exec")
    wanted = {symbol.get_name() for table in _scopes(module) for symbol in table.get_symbols() if symbol.is_global()}
    (function,) = module.get_children()
    first = _first_uses(body)
    for symbol in function.get_symbols():
        if symbol.is_local() and symbol.get_name() in bound and first.get(symbol.get_name()) == "read":
            wanted.add(symbol.get_name())  # `x = x + 1`: the student's, and then the test's own
    wanted -= {"_checks"}
    own = sorted(name for name in wanted if name not in imports and (name in bound or not hasattr(builtins, name)))
    return own, sorted({imports[name] for name in wanted if name in imports})


def _scopes(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [scope for child in table.get_children() for scope in (child, *_scopes(child))]


def _first_uses(body: str) -> dict[str, str]:
    """Whether each name is read or written first; the right side of an assignment comes before its left."""
    first: dict[str, str] = {}
    for statement in ast.parse(body).body:
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        for node in sorted(names, key=lambda node: isinstance(node.ctx, ast.Store)):
            first.setdefault(node.id, "written" if isinstance(node.ctx, ast.Store) else "read")
    return first
