"""Runs a saved notebook from top to bottom in a Python of its own, as grading will: code cells in, what stopped out.

Started as a program by `try_out`: the cells come as JSON on its input, what happened goes as JSON into a file.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRYING = "STUDENT_DESK_TRYING"
"""Set in the environment of the program, so that `grader` stays quiet there."""


@dataclass(frozen=True)
class Tried:
    """How far it got.

    Attributes:
        problems: one sentence for each cell that did not run to its end.
        passed: questions whose public tests pass.
    """

    problems: tuple[str, ...]
    passed: tuple[str, ...]


def try_out(bootstrap: str, sources: Sequence[str], folder: Path, seconds: float, settings: Mapping[str, Any]) -> Tried:
    """Run the cells in `folder` within so many seconds. `bootstrap`: Python text that loads this module as the notebook did."""
    with tempfile.TemporaryDirectory() as work:
        answer = Path(work) / "answer.json"
        program = Path(work) / "program.py"
        program.write_text(f"{bootstrap}\n_module('tryout').main({str(answer)!r})\n", encoding="utf-8")
        try:
            run = subprocess.run(
                [sys.executable, str(program)], input=json.dumps({"sources": list(sources), **settings}), text=True,
                encoding="utf-8", cwd=folder, timeout=seconds, capture_output=True, check=False,
                env={**os.environ, TRYING: "1", "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Tried((f"running everything took more than {seconds:g} s; it was not tried to the end",), ())
        if not answer.exists():
            last = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
            return Tried((f"a fresh Python ended before the notebook did: {last}",), ())
        data = json.loads(answer.read_text(encoding="utf-8"))
    return Tried(tuple(data["problems"]), tuple(data["passed"]))


def main(answer: str) -> None:
    """What the program does."""
    from IPython.core.interactiveshell import InteractiveShell

    sys.path[0] = str(Path.cwd())  # as in Jupyter, and not where this program lies
    asked = json.load(sys.stdin)
    shell = InteractiveShell.instance()
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    shell.enable_gui = lambda *args, **kwargs: None
    shell.system = shell.system_raw = shell.system_piped = lambda *args, **kwargs: None  # installs nothing anew
    _limit_passes(asked["samples"])
    problems = []
    for number, source in enumerate(asked["sources"], 1):
        result = shell.run_cell(_with_literals(source, asked["literals"]), store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            begins = next((line.strip() for line in source.splitlines() if line.strip() and not line.startswith("#")), "")
            problems.append(f"code cell {number}, `{begins[:60]}`, stops with {type(error).__name__}: {str(error)[:200]}")
    grader = shell.user_ns.get("grader")
    passed = grader.passing(shell.user_ns) if hasattr(grader, "passing") else []
    Path(answer).write_text(json.dumps({"problems": problems, "passed": passed}), encoding="utf-8")


def _with_literals(source: str, literals: Mapping[str, float]) -> str:
    """The cell with other numbers in its assignments at the margin, such as `epochs = 10`."""
    for name, value in literals.items():
        source = re.sub(rf"^({re.escape(name)}\s*=\s*)\d+(?:\.\d*)?", rf"\g<1>{value}", source, flags=re.MULTILINE)
    return source


def _limit_passes(samples: int | None) -> None:
    """Have every pass over a DataLoader end after so many samples, so that a training can be tried in seconds."""
    if samples is None:
        return
    try:
        from torch.utils.data import DataLoader
    except ImportError:
        return
    whole = DataLoader.__iter__

    def some(loader: Any) -> Any:
        given = 0
        for batch in whole(loader):
            yield batch
            given += loader.batch_size or 1
            if given >= samples:
                return

    DataLoader.__iter__ = some  # type: ignore[method-assign]  # of a process that ends soon
