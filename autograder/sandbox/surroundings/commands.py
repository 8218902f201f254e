"""Answers for programs that a notebook starts: a printed note, success, and no output. Nothing is started."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
from typing import Any

from IPython.utils.text import SList

from autograder.sandbox.surroundings.notes import note


class Popen:
    """Stands for a program that has ended well without a word. Arguments as those of `subprocess.Popen`."""

    def __init__(self, args: Any, bufsize: int = -1, executable: Any = None, stdin: Any = None, stdout: Any = None,
                 stderr: Any = None, *rest: Any, **options: Any) -> None:  # fmt: skip
        self.args, self.pid, self.returncode = args, 0, 0
        text = any(options.get(name) for name in ("text", "universal_newlines", "encoding", "errors"))
        self.stdin, self.stdout, self.stderr = (
            (io.StringIO() if text else io.BytesIO()) if pipe == subprocess.PIPE else None for pipe in (stdin, stdout, stderr)
        )
        answer(args)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        """What the program wrote to those of its outputs that are pipes: nothing."""
        return tuple(pipe.read() if pipe is not None else None for pipe in (self.stdout, self.stderr))  # type: ignore[return-value]

    def poll(self) -> int:
        """Its exit code."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code."""
        return self.returncode

    def send_signal(self, signal: int) -> None:
        """It has ended."""

    def terminate(self) -> None:
        """It has ended."""

    def kill(self) -> None:
        """It has ended."""

    def __enter__(self) -> Popen:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


def answer(command: Any, mark: str = "") -> None:
    """Say that a command is not run; `mkdir` alone is done, since later lines may write into the folder."""
    words = [os.fsdecode(word) for word in command] if isinstance(command, (list, tuple)) else None
    text = " ".join(words) if words is not None else os.fsdecode(command)
    note(f"not run while grading: {mark}{text[:200]}")
    with contextlib.suppress(ValueError, OSError):  # unfinished quotes; a folder that cannot be made
        program, *rest = words or shlex.split(text, comments=True)
        if program == "mkdir" and not set(text) & set(";&|$`"):
            for folder in rest:
                if not folder.startswith("-"):
                    os.makedirs(os.path.expanduser(folder), exist_ok=True)  # noqa: PTH103, PTH111  # as it was written


def _system(command: Any) -> int:
    answer(command)
    return 0


def _shell_line(command: str, *args: Any, **kwargs: Any) -> None:
    answer(command, "!")


def _shell_output(command: str, *args: Any, **kwargs: Any) -> Any:
    answer(command, "!")
    return SList()


def install(shell: Any) -> None:
    """Answer for `!`, os.system, os.popen and everything of subprocess in this process."""
    shell.system = shell.system_raw = shell.system_piped = _shell_line
    shell.getoutput = _shell_output
    os.system = _system
    subprocess.Popen = Popen  # type: ignore[misc, assignment]  # what the rest of subprocess and os.popen are made of
