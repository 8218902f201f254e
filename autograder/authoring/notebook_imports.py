"""Finds what a notebook's cells import: modules, and the statement that each name comes from."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import PathFinder
from typing import Any

from autograder.submissions.source import PARSE_ERRORS, plain
from autograder.variants.bases import code_cells


def imported_modules(notebook: Any) -> set[str]:
    """Dotted names of all modules that the cells import, anywhere in them."""
    found: set[str] = set()
    for tree in _trees(code_cells(notebook)):
        for node in ast.walk(tree):
            found |= imported_names(node)
    return found


def imported_names(node: ast.AST) -> set[str]:
    """Dotted names of the modules that a statement imports; nothing for any other node."""
    match node:
        case ast.Import(names=aliases):
            return {alias.name for alias in aliases}
        case ast.ImportFrom(module=str(module), level=0):
            return {module}
    return set()


def import_statements(sources: Sequence[str], own: set[str]) -> dict[str, str]:
    """Names that cells bind by imports alone -> the statement that does, for modules that are installed here.

    `own`: modules that come with the notebook. They are student code like any other, and not to be imported elsewhere.
    """
    found: dict[str, str] = {}
    bound: set[str] = set()
    for tree in _trees(sources):
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found |= dict(_bindings(node, own))
            else:
                bound |= _stored(node)
    return {name: statement for name, statement in found.items() if name not in bound}


def _trees(sources: Sequence[str]) -> Iterator[ast.Module]:
    for source in sources:
        try:
            yield ast.parse(plain(source))
        except PARSE_ERRORS:
            continue


def _bindings(node: ast.Import | ast.ImportFrom, own: set[str]) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        module = alias.name if isinstance(node, ast.Import) else node.module or ""
        if getattr(node, "level", 0) or module.partition(".")[0] in own or not is_installed(module):
            continue
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.partition(".")[0]
            yield name, f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        elif alias.name == "*":
            loaded = importlib.import_module(module)
            public = getattr(loaded, "__all__", None) or [name for name in vars(loaded) if not name.startswith("_")]
            yield from ((name, f"from {module} import {name}") for name in public)
        else:
            renamed = f" as {alias.asname}" if alias.asname else ""
            yield alias.asname or alias.name, f"from {module} import {alias.name}{renamed}"


def is_installed(module: str) -> bool:
    """Whether a module can be imported here. Nothing is imported to find out, not even the package that it would be in."""
    top, *inner = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
        for name in inner:
            if module in sys.modules or spec is None:
                break
            spec = PathFinder.find_spec(f"{spec.name}.{name}", spec.submodule_search_locations or [])
    except (ImportError, ValueError):
        return False
    return spec is not None


def _stored(node: ast.stmt) -> set[str]:
    """Names that a statement binds in the notebook, what stands inside functions and classes aside."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            found.add(child.id)
        elif isinstance(child, ast.stmt):
            found |= _stored(child)
        else:
            found |= {inner.id for inner in ast.walk(child) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    return found
