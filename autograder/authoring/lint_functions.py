"""Takes one test function and finds what would not work in a test file by itself, or at a student's desk."""

from __future__ import annotations

import ast
import builtins
import copy
import symtable
import sys
from collections.abc import Iterator

from autograder.authoring.lint_blocks import Finding, Part
from autograder.authoring.lint_handles import Definition, check_handles, is_student_side, parameters_of, root_of, walk

_BUILTINS = frozenset(dir(builtins))
_AT_A_DESK = frozenset({"torch", "torchvision", "matplotlib", "numpy"}) | sys.stdlib_module_names
_PICKLES = frozenset({"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"})
_SETTERS = frozenset({"set_default_dtype", "set_default_device", "set_default_tensor_type"})


def check_function(part: Part, function: ast.FunctionDef, *, hidden: bool, others: set[str]) -> Iterator[Finding]:
    """All findings about a test function; `others` are the other test functions of the question."""
    yield from _check_imports(part, function, hidden)
    yield from _check_names(part, function, others)
    yield from _check_state(part, function)
    yield from check_handles(part, function)


def _check_imports(part: Part, function: ast.FunctionDef, hidden: bool) -> Iterator[Finding]:
    for node in walk(function):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = ["." * node.level + (node.module or "")]
        else:
            continue
        for module in modules:
            root = module.partition(".")[0]
            if root in _PICKLES:
                text = (
                    f"`{module}` cannot take or make student objects, which never leave their process as pickles; "
                    "compare values instead."
                )
                yield part.finding("pickle", text, node.lineno - 1)
            elif not hidden and root not in _AT_A_DESK:
                text = (
                    f"A public test imports `{module}`, which students need not have; use only torch, torchvision, matplotlib, "
                    "numpy and the standard library, or hide the test."
                )
                yield part.finding("public-import", text, node.lineno - 1)


def _check_names(part: Part, function: ast.FunctionDef, others: set[str]) -> Iterator[Finding]:
    """Names that a test file does not know: it is executed by itself, without the notebook's globals."""
    seen: set[str] = set()
    arguments = function.args
    evaluated = [argument.annotation for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    for outside in [*evaluated, function.returns]:
        for node in ast.walk(outside) if outside else ():
            if isinstance(node, ast.Name) and node.id not in _BUILTINS:
                text = (
                    f"The annotation `{node.id}` is evaluated where nothing is imported, so all tests of the "
                    "question fail; remove it."
                )
                yield part.finding("unknown-name", text, node.lineno - 1)
    for name, line in sorted(_global_names(function), key=lambda item: (item[1], item[0])):
        if name in seen or name in _BUILTINS or name == function.name:
            continue
        seen.add(name)
        if name in others:
            text = f"Test `{name}` is used here, but tests share nothing; put what both need into each of them."
            yield part.finding("global-state", text, line - 1)
        else:
            text = (
                f"`{name}` is not known inside the test, which sees its parameters and its own imports only; "
                "import it in the function, or make it a parameter if it is the student's."
            )
            yield part.finding("unknown-name", text, line - 1)
    for definition, table in _student_side(function):
        for symbol in sorted(table.get_symbols(), key=symtable.Symbol.get_name):
            if symbol.is_free():
                text = (
                    f"Student-side `{definition.name}` uses `{symbol.get_name()}` of the test around it, but only "
                    "its own source travels; "
                    "import it inside, or pass it as an argument."
                )
                yield part.finding("student-side-closure", text, _line(definition, symbol.get_name()) - 1)


def _tables(function: ast.FunctionDef) -> symtable.SymbolTable:
    """The scope of a test function; names are looked up there as the interpreter would, without decorators and annotations."""
    bare = copy.deepcopy(function)
    bare.decorator_list, bare.returns = [], None
    bare.args = ast.arguments([], [ast.arg(name) for name in sorted(parameters_of(function))], None, [], [], None, [])
    tables = symtable.symtable(ast.unparse(bare), "<test>", "exec").get_children()
    return next(table for table in tables if table.get_name() == function.name)


def _global_names(function: ast.FunctionDef) -> set[tuple[str, int]]:
    names: set[str] = set()
    pending = [_tables(function)]
    while pending:
        table = pending.pop()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        pending.extend(table.get_children())
    return {(name, _line(function, name)) for name in names}


def _line(node: Definition, name: str) -> int:
    lines = [inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Name) and inner.id == name]
    return min(lines, default=node.lineno)


def _student_side(function: ast.FunctionDef) -> Iterator[tuple[Definition, symtable.SymbolTable]]:
    definitions = {node.name: node for node in ast.walk(function) if is_student_side(node)}
    pending = list(_tables(function).get_children()) if definitions else []
    while pending:
        table = pending.pop()
        if table.get_name() in definitions:
            yield definitions.pop(table.get_name()), table
        else:
            pending.extend(table.get_children())


def _check_state(part: Part, function: ast.FunctionDef) -> Iterator[Finding]:
    """What a test would leave behind for the next."""
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    parameters = parameters_of(function)
    for node in walk(function):
        if isinstance(node, ast.Global):
            text = (
                f"`global {', '.join(node.names)}` keeps something for another test, but each must stand alone; use "
                "a local variable."
            )
            yield part.finding("global-state", text, node.lineno - 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SETTERS:
            text = (
                f"`{node.func.attr}` stays in force for the tests that follow; give the dtype or device where "
                "tensors are made."
            )
            yield part.finding("global-state", text, node.lineno - 1)
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            root = root_of(node)
            if root in imported:
                text = f"Changing the module `{root}` affects every other test; keep the value in a local variable."
                yield part.finding("global-state", text, node.lineno - 1)
            elif root in parameters and isinstance(node.value, ast.Name):
                text = (
                    f"The tests that follow see what is changed in `{root}`, the student's own object; change a new "
                    "one that the test makes."
                )
                yield part.finding("global-state", text, node.lineno - 1, "warning")
