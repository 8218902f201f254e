"""Lets a cell that is not filled in yet, or that rests on one, say so instead of showing a traceback.

Only cells that a blank can stop are touched, so that a finished notebook runs as if this were not here.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from types import CodeType, FunctionType
from typing import Any

from .blanks import NOT_ATTEMPTED, blank_code, executed_blanks, frames, in_lines

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_VALUE, _TELL = "__desk_value__", "__desk_tell__"


class Unfinished(ast.NodeTransformer):
    """What IPython asks to look at each cell before it runs. `desk_name`: by which an earlier one is known."""

    desk_name = "unfinished cells"

    def __init__(self, space: dict[str, Any], show: Any, made_by: Mapping[str, str]):
        """`space`: the notebook's global names. `show`: called with a sentence for the student.

        `made_by`: names that answers bind, each with the question that it comes from first.
        """
        self._space, self._show, self._made_by = space, show, made_by

    def visit(self, node: ast.AST) -> ast.AST:
        """Wrap a cell that holds blanks or uses something blank; leave all others as they are."""
        if not isinstance(node, ast.Module) or not node.body:
            return node
        blanks = executed_blanks(node)
        blank = sorted({name.id for name in ast.walk(node) if isinstance(name, ast.Name) and self._is_blank(name.id)})
        missing = any(isinstance(name, ast.Name) and self._is_missing(name.id) for name in ast.walk(node))
        if not blanks and not blank and not missing:
            return node
        if any(isinstance(one, ast.ImportFrom) and one.module == "__future__" for one in node.body):
            return node
        self._space[_TELL] = lambda error: self._tell(error, blanks, blank)
        return _wrapped(node)

    def _is_missing(self, name: str) -> bool:
        return name not in self._space and name in self._made_by

    def _is_blank(self, name: str) -> bool:
        value = self._space.get(name)
        if value is ...:
            return True
        kind = value if isinstance(value, (type, FunctionType)) else type(value)
        if getattr(kind, "__module__", "") != "__main__":
            return False
        functions = [kind] if isinstance(kind, FunctionType) else [one for one in vars(kind).values() if inspect.isfunction(one)]
        return any(blank_code(function.__code__) for function in functions)

    def _tell(self, error: BaseException, blanks: list[int], blank: list[str]) -> bool:
        """Say what is missing, if that is why the cell stopped; whether it is."""
        own = frames(error.__traceback__, self._space)
        said = self._why(error, [line for _, line in own], [code for code, _ in own[1:]], blanks, blank)
        if said:
            self._show(said)
        return bool(said)

    def _why(self, error: BaseException, lines: list[int], called: list[CodeType], blanks: list[int], blank: list[str]) -> str:
        """A sentence on what is missing, or nothing. `lines`, `called`: of the cell and what it called, outermost first."""
        line, kind = lines[0] if lines else 0, type(error).__name__
        reached = [number for number in blanks if number <= line]
        if reached:
            stopped = f" It stopped in line {line} ({kind})." if line not in reached else ""
            return f"{NOT_ATTEMPTED}: `...` stands in {in_lines(blanks)} of this cell.{stopped}"
        for code in reversed(called):
            if blank_code(code):
                return f"`{getattr(code, 'co_qualname', code.co_name)}` is {NOT_ATTEMPTED}, and this cell uses it in line {line}."
        undefined = _UNDEFINED.match(str(error)) if isinstance(error, NameError) else None
        if undefined is not None and self._is_missing(undefined[1]):
            question = self._made_by[undefined[1]]
            return f"line {line} uses `{undefined[1]}`, which is not there yet: it comes from question `{question}`."
        values = [name for name in blank if self._space.get(name) is ...]
        if isinstance(error, (TypeError, AttributeError)) and blank and (values or "ellipsis" in str(error)):
            names = " and ".join(f"`{name}`" for name in values or blank)
            stopped = f"It stopped in line {line} ({kind}: {error})."
            return f"{NOT_ATTEMPTED}: this cell uses {names}, where something is still `...`. {stopped}"
        return ""


def _wrapped(module: ast.Module) -> ast.Module:
    """The cell in a `try`; the value of its last line is shown all the same."""
    body, last = list(module.body), module.body[-1]
    shown: list[ast.stmt] = []
    if isinstance(last, ast.Expr):
        body[-1] = ast.copy_location(ast.Assign([ast.Name(_VALUE, ast.Store())], last.value), last)
        shown = [ast.copy_location(ast.Expr(ast.Name(_VALUE, ast.Load())), last)]
        body.insert(0, ast.copy_location(ast.Assign([ast.Name(_VALUE, ast.Store())], ast.Constant(None)), module.body[0]))
    told = ast.Call(ast.Name(_TELL, ast.Load()), [ast.Name("__desk_error__", ast.Load())], [])
    again = ast.If(ast.UnaryOp(ast.Not(), told), [ast.Raise()], [])
    caught = ast.ExceptHandler(ast.Name("Exception", ast.Load()), "__desk_error__", [again])
    attempt = ast.copy_location(ast.Try(body, [caught], [], []), module.body[0])
    for node in ast.walk(caught):
        if "lineno" in node._attributes:
            ast.copy_location(node, last)
    return ast.fix_missing_locations(ast.Module([attempt, *shown], module.type_ignores))


def install(shell: Any, show: Any, made_by: Mapping[str, str]) -> None:
    """Have the cells of an IPython shell looked at, once however often this is called."""
    others = [one for one in shell.ast_transformers if getattr(one, "desk_name", "") != Unfinished.desk_name]
    shell.ast_transformers[:] = [*others, Unfinished(shell.user_ns, show, made_by)]
