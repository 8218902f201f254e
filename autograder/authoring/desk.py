"""Puts the student's desk into a template: what `grader` needs, its public tests included, goes into the set-up cell itself.

So a notebook may be renamed, moved or opened in Colab alone, and its checks work offline, with nothing installed for them.
"""

from __future__ import annotations

import ast
import base64
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

from autograder.assignment import Question
from autograder.config import Config
from autograder.desk.handout import Handout

MODULES: Final = ("blanks", "handout", "history", "answers", "render", "unfinished", "place", "tryout", "export", "grader")
"""In this order: each imports only those before it."""

MOST_HELD: Final = 16 << 20
"""Bytes that a set-up cell may unpack to where it is read; a student may have changed it."""

_PACKAGE: Final = "student_desk"
_BOOTSTRAP: Final = """import linecache, sys, types
_PACKAGE, _SOURCES = {package!r}, {sources}
sys.modules[_PACKAGE] = types.ModuleType(_PACKAGE)
sys.modules[_PACKAGE].__path__ = []
def _module(name):
    return sys.modules[_PACKAGE + "." + name]
for _name, _source in _SOURCES.items():
    _full, _file = _PACKAGE + "." + _name, "<" + _PACKAGE + "." + _name + ">"
    sys.modules[_full] = types.ModuleType(_full)
    _module(_name).__package__ = _PACKAGE
    setattr(sys.modules[_PACKAGE], _name, _module(_name))
    linecache.cache[_file] = (len(_source), None, _source.splitlines(True), _file)
    exec(compile(_source, _file, "exec"), _module(_name).__dict__)
"""
_CELL: Final = """# Run this cell first, each time you open the notebook. It makes `grader`, which checks your answers.
# The tests are in the long line below: nothing is downloaded, and the notebook may be renamed or moved.
import base64, json, zlib
_held = json.loads(zlib.decompress(base64.b64decode("{packed}")))
exec(_held["code"], _desk := {{}})
grader = _desk["_module"]("grader").start(_held["handout"], _held["code"])
"""
_PACKED: Final = re.compile(r'b64decode\("([A-Za-z0-9+/=]+)"\)')
_EXPORT: Final = re.compile(r"grader\.export\((?P<arguments>[^)]*)\)")
_EXPORT_CELL: Final = """# Save the notebook (Ctrl+S), write your name between the quotes, and run this cell.
grader.export({arguments})
"""


def furnish(template: dict[str, Any], handout: Mapping[str, Any]) -> None:
    """Put the desk into a template in place of Otter's set-up cell, behind the text that the notebook begins with.

    Does nothing where Otter made no such cell.
    """
    cells = template["cells"]
    at = next((at for at, cell in enumerate(cells) if cell["cell_type"] == "code" and "otter.Notebook(" in _source(cell)), None)
    if at is None:
        return
    setup = cells.pop(at)
    setup["source"] = _lines(_CELL.format(packed=_packed(handout)))
    behind = at
    while behind < len(cells) and cells[behind]["cell_type"] == "markdown":
        behind += 1
    cells.insert(behind, setup)
    for cell in cells:
        found = _EXPORT.search(_source(cell)) if cell["cell_type"] == "code" else None
        if found and cell is not setup:
            asked = [one.strip() for one in found["arguments"].split(",")]
            arguments = [one for one in asked if one and not one.startswith("pdf=")]
            cell["metadata"].pop("editable", None)  # there is a name to write
            cell["source"] = _lines(_EXPORT_CELL.format(arguments=", ".join(['name=""', *arguments])))


def handout_of(config: Config, questions: Sequence[Question], cells: Sequence[tuple[str | None, str]]) -> dict[str, Any]:
    """What a notebook may hold of an assignment: public cases only. `cells`: those of the template, with their questions."""
    section, training = config.assignment, config.training
    return {
        "name": section.name,
        "title": section.title,
        "notebook": section.solution.name,
        "questions": [
            public | {"rules": [rule.title for rule in config.rules if question.name in rule.applies]}
            for question in questions
            if (public := _public(question))["cases"]
        ],
        "cells": [list(cell) for cell in cells],
        "training": training.question if training else None,
        "literals": dict.fromkeys(training.cell.literals, 1) if training else {},
        "samples": training.cell.samples_per_pass if training else None,
    }


def held_in(source: str) -> Mapping[str, Any] | None:
    """The handout in the source of a set-up cell; None if there is none."""
    found = _PACKED.search(source)
    if found is None:
        return None
    try:
        held = zlib.decompressobj().decompress(base64.b64decode(found[1]), MOST_HELD)  # what is cut off is no JSON
        handout: Mapping[str, Any] = json.loads(held)["handout"]
        Handout.of(handout)
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None
    return handout


def _public(question: Question) -> dict[str, Any]:
    cases = [case for case in question.cases if not case.hidden]
    names = {case.name for case in cases}
    functions = [node for node in ast.parse(question.source).body if isinstance(node, ast.FunctionDef) and node.name in names]
    for function in functions:
        function.decorator_list = []
    return {
        "name": question.name,
        "cases": [
            {"name": case.name, "title": case.title, "success": case.success_message, "failure": case.failure_message,
             "parameters": list(case.parameters)}
            for case in cases
        ],
        "source": "\n\n".join(map(ast.unparse, functions)) + "\n",
    }  # fmt: skip


def _packed(handout: Mapping[str, Any]) -> str:
    sources = {name: (resources.files("autograder") / "desk" / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
    held = {"code": _BOOTSTRAP.format(package=_PACKAGE, sources=repr(sources)), "handout": handout}
    return base64.b64encode(zlib.compress(json.dumps(held, sort_keys=True).encode(), 9)).decode()


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(True)
