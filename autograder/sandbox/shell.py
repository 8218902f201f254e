"""Builds the IPython shell that runs a notebook's cells, and runs one cell in it as Jupyter would; untrusted side."""

from __future__ import annotations

import importlib.machinery
import io
import os
import sys
import time
import types
from types import TracebackType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from autograder.sandbox.timing import CELL_NAME, Known, TimeIsUp, time_limit


def build_shell() -> InteractiveShell:
    """One shell without history, colours, tracebacks or a way to leave it. Call it once, in the zygote."""
    from IPython.core.history import HistoryManager

    HistoryManager.enabled = False
    shell: Any = InteractiveShell.instance()
    shell.colors = "nocolor"
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    shell.system = shell.system_raw = shell.system_piped = _note_instead_of_command
    shell.getoutput = lambda *args, **kwargs: []
    shell.enable_gui = lambda *args, **kwargs: None
    shell.enable_matplotlib = lambda *args, **kwargs: ("agg", "agg")
    shell.ask_exit = lambda: None
    shell.compile.get_code_name = lambda raw, transformed, number: shell.autograder_cell_name
    shell.autograder_cell_name = "<cell 0>"
    shell.user_ns["__name__"] = "__main__"
    for name in ("exit", "quit"):
        shell.user_ns[name] = _note_instead_of_exit
    _install_course_stand_ins()
    return shell


def _note_instead_of_command(command: str, *args: Any, **kwargs: Any) -> None:
    print(f"(not run while grading: !{str(command)[:200]})")


def _note_instead_of_exit(*args: Any, **kwargs: Any) -> None:
    print("(the notebook asked to stop; grading goes on)")


def _install_course_stand_ins() -> None:
    """`import otter` in a notebook gets an object whose checks do nothing: judging is done elsewhere, and otter is slow."""

    class Notebook:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            return lambda *args, **kwargs: None

    otter = types.ModuleType("otter")
    otter.__spec__ = importlib.machinery.ModuleSpec("otter", None)
    otter.Notebook = Notebook  # type: ignore[attr-defined]  # a module made here has what it is given
    sys.modules["otter"] = otter


def describe(error: BaseException, within: int | None = None) -> dict[str, Any]:
    """An exception as data: kind, shortened text, and the innermost cell and line that it passed through.

    `within`: the only cell of which a line is told.
    """
    cell, line = locate(error.__traceback__, within)
    if isinstance(error, SyntaxError) and error.filename and (match := CELL_NAME.match(error.filename)):
        cell, line = int(match.group(1)), error.lineno
    try:
        text = str(error)
    except BaseException:  # a student's __str__ may raise anything
        text = ""
    if isinstance(error, TimeIsUp):
        place = list(error.place) if error.place is not None else None
        return {"kind": "timeout", "text": "", "cell": cell, "line": line, "place": place, "again": error.again}
    return {"kind": type(error).__name__[:200], "text": text[:2000], "cell": cell, "line": line}


def locate(trace: TracebackType | None, within: int | None) -> tuple[int | None, int | None]:
    """Number of the cell and the line in it of the innermost frame that belongs to a cell, or to the one `within` alone."""
    found: tuple[int | None, int | None] = (None, None)
    while trace is not None:
        match = CELL_NAME.match(trace.tb_frame.f_code.co_filename)
        if match and within in (None, int(match.group(1))):
            found = int(match.group(1)), trace.tb_lineno
        trace = trace.tb_next
    return found


def _with_first_lines(source: str) -> str:
    """The source with comments for empty lines at its start: IPython drops those, and every line number would be less."""
    lines = source.splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and (lines[first].startswith("%%") or lines[first][0].isspace()):
        return source  # both count only where they come first
    return "#\n" * first + "".join(lines[first:])


def open_stream(descriptor: int) -> io.TextIOWrapper:
    """A stream for a cell to print to, whatever it prints; closing it leaves the descriptor open."""
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _restore_streams() -> None:
    """Give a cell streams to print to where an earlier one closed or removed them: IPython needs them, whatever it runs."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name, None)
        if stream is None or getattr(stream, "closed", False) is True:
            setattr(sys, name, open_stream(descriptor))


def run_cell(shell: InteractiveShell, number: int, source: str, seconds: float, known: Known) -> dict[str, Any]:
    """Run one cell. Returns its status ("ok", "raised", "timeout" or "syntax"), the error as data, and the seconds taken."""
    shell.autograder_cell_name = f"<cell {number}>"
    started = time.monotonic()
    error: BaseException | None = None
    status = "ok"
    _restore_streams()
    try:
        with time_limit(seconds, known):
            result = shell.run_cell(_with_first_lines(source), store_history=False)
        if result.error_before_exec is not None:
            error, status = result.error_before_exec, "syntax"
        elif result.error_in_exec is not None:
            error, status = result.error_in_exec, "raised"
    except BaseException as escaped:  # whatever a cell lets through must not end the worker
        error, status = escaped, "raised"
    if isinstance(error, TimeIsUp):
        status = "timeout"
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the student may have replaced or closed it
            pass
    return {
        "status": status,
        "error": describe(error, number) if error is not None else None,
        "seconds": time.monotonic() - started,
    }
