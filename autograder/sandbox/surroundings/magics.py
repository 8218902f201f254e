"""Answers for IPython's magics that a worker cannot serve or does not know: a printed note, and the cell goes on."""

from __future__ import annotations

import os
import re
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList

from autograder.sandbox.surroundings.commands import answer
from autograder.sandbox.surroundings.notes import note

PYTHON_BODIES = frozenset({"time", "capture", "prun", "memit", "mprun", "wandb", "notify"})
"""Cell magics whose cells are run as if the magic were not there, so that errors keep their lines."""

_RUN_STUDENT_CODE = frozenset({"time", "timeit", "prun", "run", "eval"})
_COMMANDS = frozenset({
    "!", "sx", "system", "sc", "shell", "sh", "bash", "script", "cmd", "ruby", "perl", "python", "python2", "python3", "pypy",
    "pip", "uv", "conda", "mamba", "micromamba",
})  # fmt: skip
_QUIET = frozenset({"autoreload", "aimport", "matplotlib", "pylab"})
_HELP = frozenset({"pinfo", "pinfo2", "psearch", "psource", "pdoc", "pfile", "pdef"})
_UNANSWERED = frozenset({"load_ext", "reload_ext", "unload_ext", "tensorboard", "debug", "pdb", "edit", "config"})

_CELL_MAGIC = re.compile(r"%%(\S*)\s*(.*)")
_CAPTURED = re.compile(r"(?:--?[a-z-]+\s+)*([A-Za-z_]\w*)\b")
_OUTPUTS = re.compile(r"--(?:out|err)[= ]\s*([A-Za-z_]\w*)")
_FLAGS = re.compile(r"^(?:\s*-[a-z]\b)+")
_LOOPS = re.compile(r"-[nr]\s*\d+\s*")


def without_python_magics(lines: list[str]) -> list[str]:
    """The lines of a cell, with cell magics that only watch the cell become comments, and empty lines before one too."""
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    result = list(lines)
    while start < len(lines) and (magic := _CELL_MAGIC.match(lines[start])) and magic[1] in PYTHON_BODIES:
        variable = _CAPTURED.match(magic[2]) if magic[1] == "capture" else None
        captured = "__import__('IPython.utils.capture').utils.capture.CapturedIO(None, None, [])"
        result[start] = f"{variable[1]} = {captured}\n" if variable else "#\n"
        result[:start] = ["#\n" if not line.strip() else line for line in result[:start]]
        start += 1
    return result


class Magics:
    """The two ways by which IPython runs magics, in front of the shell's own."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def line(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a line magic, or say that it is not run."""
        if name in _COMMANDS:
            answer(line, f"%{name} ")
            return SList() if name in {"sx", "system"} else None
        if name == "cd":
            os.chdir(os.path.expanduser(_FLAGS.sub("", line).strip().strip("'\"") or "~"))  # noqa: PTH111  # IPython's keeps a history in a file
        elif name in _HELP:
            note("help is not shown while grading")
        elif name in _UNANSWERED and not (name == "load_ext" and line.strip() == "autoreload"):
            note(f"not done while grading: %{name} {line}")
        elif name not in _QUIET and name not in _UNANSWERED:
            if self._shell._find_with_lazy_load("line", name) is None:
                note(f"not known here, and not done: %{name} {line}")
                return None
            if name == "timeit":
                line = _once(line)
            try:
                return InteractiveShell.run_line_magic(self._shell, name, line, _stack_depth + 1)
            except Exception as error:
                if name in _RUN_STUDENT_CODE:
                    raise
                note(f"not done: %{name} {line}: {error}")
        return None

    def cell(self, name: str, line: str, cell: str) -> Any:
        """Run a cell magic, or say that its cell is not run."""
        if name in _COMMANDS:
            for variable in _OUTPUTS.findall(line):
                self._shell.user_ns[variable] = ""
            first = next((text for text in cell.splitlines() if text.strip()), "")
            note(f"not run while grading: {f'%%{name} {line}'.strip()}: {first}")
            return None
        if self._shell._find_with_lazy_load("cell", name) is None:
            note(f"not known here, so the cell is not run: %%{name} {line}")
            return None
        try:
            return InteractiveShell.run_cell_magic(self._shell, name, _once(line) if name == "timeit" else line, cell)
        except Exception as error:
            if name in _RUN_STUDENT_CODE:
                raise
            note(f"not done: %%{name} {line}: {error}")
            return None

    def old_style(self, text: str) -> Any:
        """`get_ipython().magic("matplotlib inline")`, as scripts made from notebooks have it."""
        name, _, line = text.lstrip("% ").partition(" ")
        return self.line(name, line)


def _once(line: str) -> str:
    """The arguments of %timeit for a single run: nobody reads the time."""
    while options := _LOOPS.match(line.lstrip()):
        line = line.lstrip()[options.end() :]
    return f"-n1 -r1 {line}"


def install(shell: Any) -> None:
    """Answer for magics in this shell."""
    magics = Magics(shell)
    shell.run_line_magic, shell.run_cell_magic, shell.magic = magics.line, magics.cell, magics.old_style
    shell.input_transformers_cleanup.insert(0, without_python_magics)
