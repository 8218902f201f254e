"""Makes the zip to hand in, and looks at it first: the open notebook in, a zip and what to look at out."""

from __future__ import annotations

import html
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .answers import FAILED, OPEN, PASSED
from .handout import Handout
from .history import last_run
from .place import CannotExport, Saved, find_saved, unanswered, unsaved
from .render import note_html
from .tryout import Tried, try_out

SECONDS = 300.0
"""How long running everything may take."""


@dataclass(frozen=True)
class Exported:
    """What was made.

    Attributes:
        path: of the zip.
        problems: what to look at before it is handed in, one sentence each.
        passed, questions: how many questions pass their public tests in a fresh run, and of how many; None if it was not run.
    """

    path: Path
    problems: tuple[str, ...]
    passed: int | None
    questions: int

    def __repr__(self) -> str:
        lines = [f"{'✓' if not self.problems else '–'} {self._made()}", *(f"  – {problem}" for problem in self.problems)]
        return "\n".join([*lines, *([self._counted()] if self.passed is not None else [])])

    def _repr_html_(self) -> str:
        link = f'<a href="{quote(self.path.name)}" download target="_blank">{html.escape(self.path.name)}</a>'
        parts = [note_html(self._made(), OPEN if self.problems else PASSED).replace("%LINK%", link)]
        parts += [note_html(problem) for problem in self.problems]
        if self.passed is not None:
            parts.append(note_html(self._counted(), PASSED if self.passed == self.questions else FAILED))
        return "".join(parts).replace(html.escape(f"`{self.path.name}`"), link)

    def _made(self) -> str:
        look = "Look at this before you hand it in:" if self.problems else "It is complete, and it runs from top to bottom."
        return f"Made `{self.path.name}` in {self.path.absolute().parent}. {look}"

    def _counted(self) -> str:
        return f"Run afresh, {self.passed} of {self.questions} questions pass their public tests; grading runs more."


def export(
    handout: Handout,
    space: Mapping[str, Any],
    bootstrap: str,
    *,
    name: str,
    notebook: str | None,
    files: Sequence[str],
    out: str | None,
) -> Exported:
    """Look at the saved notebook, try it out, and put it into a zip. Raises CannotExport if there is none to be found.

    `bootstrap`: Python text that loads these modules in another Python.
    """
    saved = find_saved(handout, space, notebook)
    runs = {question.name: run for question in handout.questions if (run := last_run(handout.answer(question.name), space))}
    changed = unsaved(saved, handout, runs)
    if changed:
        raise CannotExport(
            f"the file `{saved.path.name}` does not hold what you ran last for {_listed(changed)}: "
            "save the notebook (Ctrl+S), and run this cell again"
        )
    problems = []
    if not name.strip():
        problems.append('it does not carry your name: write it between the quotes of `grader.export(name="")`')
    missing = unanswered(saved, handout)
    if missing:
        problems.append(f"there is no answer to {_listed(missing)}: was a cell deleted, or a name changed?")
    folder = saved.path.absolute().parent
    tried = _try_out(handout, saved, bootstrap, folder)
    problems += tried.problems
    path = Path(out) if out is not None else folder / f"{'_'.join(filter(None, [saved.path.stem, _slug(name)]))}.zip"
    _write(path, saved, files)
    _offer_in_colab(path)
    return Exported(path, tuple(problems), len(tried.passed), len(handout.questions))


def _try_out(handout: Handout, saved: Saved, bootstrap: str, folder: Path) -> Tried:
    settings = {"literals": dict(handout.literals), "samples": handout.samples}
    return try_out(bootstrap, saved.sources, folder, SECONDS, settings)


def _write(path: Path, saved: Saved, files: Sequence[str]) -> None:
    import json

    partial = path.with_name(f"{path.name}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        if saved.path.is_file():
            archive.write(saved.path, saved.path.name)
        else:
            archive.writestr(saved.path.name, json.dumps(saved.content))
        for file in files:
            archive.write(file, os.path.relpath(file, saved.path.absolute().parent))
    partial.replace(path)


def _offer_in_colab(path: Path) -> None:
    try:
        from google.colab import files  # type: ignore[import-not-found]
    except ImportError:
        return
    files.download(str(path))


def _slug(name: str) -> str:
    """A name as part of a file's name, letters of any script kept."""
    return re.sub(r"[^\w-]+", "-", name.strip()).strip("-")[:60]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


__all__ = ["CannotExport", "Exported", "export"]
