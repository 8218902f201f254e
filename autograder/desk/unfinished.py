"""Lets a cell that is not filled in yet, or that rests on one, say so instead of showing a traceback.

No cell is changed: IPython asks us about an exception before it shows it. Only cells that a blank can stop are looked at, so that
a finished notebook runs as if this were not here.
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
_OURS = "is asked about exceptions"


class Unfinished(ast.NodeTransformer):
    """What IPython asks to look at each cell before it runs, and about each exception.

    Attributes:
        desk_name: by which an earlier one is known.
        told: whether the cell that has just ended was stopped by something that is missing, and this has been said.
    """

    desk_name = "unfinished cells"

    def __init__(self, space: dict[str, Any], show: Any, made_by: Mapping[str, str]):
        """`space`: the notebook's global names. `show`: called with a sentence for the student.

        `made_by`: names that answers bind, each with the question that it comes from first.
        """
        self._space, self._show, self._made_by = space, show, made_by
        self._found: tuple[list[int], list[str]] | None = None
        self.told = False

    def visit(self, node: ast.AST) -> ast.AST:
        """Note what could stop a cell: its blanks, and what it uses that is blank or not there. The cell stays as it is."""
        if isinstance(node, ast.Module):
            blanks = executed_blanks(node)
            names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            blank = sorted(filter(self._is_blank, names))
            self._found = (blanks, blank) if blanks or blank or any(map(self._is_missing, names)) else None
        return node

    def asked(self, shell: Any, kind: Any, error: BaseException, trace: Any, tb_offset: int | None = None) -> None:
        """Say what is missing if that is why the cell stopped; else have the exception shown as ever."""
        self.told = self._found is not None and self._tell(error.with_traceback(trace), *self._found)
        if not self.told:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)

    def ended(self, result: Any) -> None:
        """A cell that says what is missing counts as run: those behind it are not called off."""
        if self.told:
            result.error_in_exec, self.told = None, False

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


def install(shell: Any, show: Any, made_by: Mapping[str, str]) -> Unfinished:
    """Have the cells of an IPython shell looked at, once however often this is called.

    Somebody else's handler of exceptions is asked about those that are none of ours.
    """
    ours = Unfinished(shell.user_ns, show, made_by)
    others = [one for one in shell.ast_transformers if getattr(one, "desk_name", "") != Unfinished.desk_name]
    shell.ast_transformers[:] = [*others, ours]
    theirs, kinds = getattr(shell, "CustomTB", None), tuple(getattr(shell, "custom_exceptions", ()))
    if getattr(shell, "desk_asked", None) == _OURS:
        theirs, kinds = shell.desk_theirs

    def asked(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: int | None = None) -> None:
        if theirs is not None and isinstance(error, kinds):
            theirs(kind, error, trace, tb_offset=tb_offset)
        else:
            ours.asked(shell, kind, error, trace, tb_offset)

    shell.set_custom_exc((*kinds, Exception), asked)
    shell.desk_asked, shell.desk_theirs = _OURS, (theirs, kinds)
    return ours
