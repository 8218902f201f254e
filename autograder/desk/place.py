"""Finds the notebook's own file as it was last saved: what the surroundings tell in, path and content out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .blanks import bound_names
from .handout import Handout


class CannotExport(Exception):
    """There is nothing to hand in yet. The text says what to do."""


@dataclass(frozen=True)
class Saved:
    """The notebook as it was last saved. `path`: of its file; in Colab, where there is none, what it will be called."""

    path: Path
    content: Mapping[str, Any]

    @property
    def sources(self) -> list[str]:
        """Its code cells."""
        return ["".join(cell["source"]) for cell in self.content["cells"] if cell.get("cell_type") == "code"]


def find_saved(handout: Handout, space: Mapping[str, Any], given: str | None = None) -> Saved:
    """The notebook that is open. `given`: a path that its author named. Raises CannotExport if it cannot be told which."""
    if given is not None:
        return _read(Path(given))
    colab = _from_colab(handout)
    if colab is not None:
        return colab
    for told in (space.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(told, str) and told.endswith(".ipynb") and Path(told).is_file():
            return _read(Path(told))
    found = [saved for path in sorted(Path.cwd().glob("*.ipynb")) if (saved := _readable(path)) and _is_of(saved, handout)]
    if len(found) > 1:
        found = [saved for saved in found if saved.path.name == handout.notebook] or found
    if len(found) == 1:
        return found[0]
    many = f"several files in {Path.cwd()} could be this notebook" if found else f"this notebook's file is not in {Path.cwd()}"
    raise CannotExport(f"{many}: name it, as in `grader.export('my_notebook.ipynb')`")


def unsaved(saved: Saved, handout: Handout, runs: Mapping[str, str]) -> list[str]:
    """Questions whose last run is not in the saved file. `runs`: question to the text that was run."""
    texts = {_bare(source) for source in saved.sources}
    return [question.name for question in handout.questions if question.name in runs and _bare(runs[question.name]) not in texts]


def unanswered(saved: Saved, handout: Handout) -> list[str]:
    """Questions of which no cell binds what their answer has to bind."""
    bound = frozenset().union(*(bound_names(_plain(source)) for source in saved.sources))
    missing = []
    for question in handout.questions:
        asked = {name for case in question.cases for name in case.parameters} & bound_names(handout.answer(question.name))
        if not asked <= bound:
            missing.append(question.name)
    return missing


def _from_colab(handout: Handout) -> Saved | None:
    try:
        from google.colab import _message  # type: ignore[import-not-found]  # there is no public way to the notebook's text
    except ImportError:
        return None
    answer = _message.blocking_request("get_ipynb", timeout_sec=30)
    if not answer:
        raise CannotExport("Colab did not hand the notebook over: save it with File > Save, and run this cell again")
    return Saved(Path(handout.notebook), answer["ipynb"])


def _read(path: Path) -> Saved:
    saved = _readable(path)
    if saved is None:
        raise CannotExport(f"`{path}` is not there or is no notebook: save it (Ctrl+S), and run this cell again")
    return saved


def _readable(path: Path) -> Saved | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        saved = Saved(path, content)
        return saved if saved.sources else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_of(saved: Saved, handout: Handout) -> bool:
    asked: Sequence[str] = [question.name for question in handout.questions]
    text = "\n".join(saved.sources)
    return any(re.search(rf"grader\.check\(\s*['\"]{re.escape(name)}['\"]", text) for name in asked)


def _plain(source: str) -> str:
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())


def _bare(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines() if not line.startswith(("%", "!", "get_ipython()")))
