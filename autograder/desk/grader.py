"""`grader`, as the notebook's check cells call it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .answers import OPEN, PASSED, Answer, answer
from .blanks import bound_names
from .export import CannotExport, Exported, export
from .handout import Handout
from .history import answered_by
from .render import all_as_html, all_as_text, note_html
from .tryout import TRYING
from .unfinished import install

_KEEPER = "keeps what a question's names stand for"


class Note:
    """A sentence for the student, shown in a frame."""

    def __init__(self, text: str):
        self._text = text

    def __repr__(self) -> str:
        return f"– {self._text}"

    def _repr_html_(self) -> str:
        return note_html(self._text, OPEN)


class Answers(tuple[Answer, ...]):
    """The answers to all questions, shown as a table."""

    def __repr__(self) -> str:
        return all_as_text(self)

    def _repr_html_(self) -> str:
        return all_as_html(self)


class Grader:
    """Checks a notebook's answers with the public tests that it holds. Its methods take the arguments of Otter's, too."""

    def __init__(self, handout: Handout, bootstrap: str):
        self._handout, self._bootstrap = handout, bootstrap
        self._kept: dict[str, dict[str, Any]] = {}
        self._stopped: dict[str, str] = {}

    def made_by(self) -> dict[str, str]:
        """Names that answers bind, each with the first question whose answer does."""
        found: dict[str, str] = {}
        for question in self._handout.questions:
            for name in bound_names(self._handout.answer(question.name)):
                found.setdefault(name, question.name)
        return found

    def keep(self, source: str, space: Mapping[str, Any], error: BaseException | None = None) -> None:
        """Remember what the names of a question stand for, now that a cell with this text has been run, if it answers one.

        `error`: by which it ended.
        """
        question = answered_by(self._handout, source)
        if question is not None:
            self._stopped.pop(question.name, None)
            if error is not None:
                self._stopped[question.name] = type(error).__name__
            if isinstance(error, SyntaxError):
                return
            asked = {name for case in question.cases for name in case.parameters}
            self._kept[question.name] = {name: space[name] for name in asked if name in space}

    def check(self, question: str = "", global_env: dict[str, Any] | None = None) -> Answer | Note:
        """Run the public tests of one question on what has been run so far."""
        space = sys._getframe(1).f_globals if global_env is None else global_env
        if not question:
            first = self._handout.questions[0].name
            return Note(f'say which question, as in `grader.check("{first}")`; `grader.check_all()` checks all of them')
        try:
            found = answer(self._handout, question, space)
        except KeyError as error:
            return Note(str(error.args[0]))
        stopped = self._stopped.get(question)
        if stopped is None:
            return found
        said = f"The last run of its cell stopped ({stopped}): this is about what was there before, and about what it got to."
        return replace(found, remarks=(said, *found.remarks))

    def check_all(self, global_env: dict[str, Any] | None = None) -> Answers:
        """Run the public tests of all questions, each on what its names stood for when its answer was run last."""
        space = sys._getframe(1).f_globals if global_env is None else global_env
        return Answers(
            answer(self._handout, question.name, space, self._kept.get(question.name)) for question in self._handout.questions
        )

    def export(
        self,
        nb_path: str | None = None,
        export_path: str | None = None,
        *,
        name: str = "",
        files: Sequence[str] = (),
        **others: Any,
    ) -> Exported | Note | None:
        """Look at the saved notebook, run it from top to bottom in a Python of its own, and make the zip to hand in.

        Args:
            nb_path: of the notebook, if it cannot be told which file it is
            export_path: where the zip goes; beside the notebook unless given
            name: the student's, part of the zip's name
            files: other files that belong into the zip
        """
        if os.environ.get(TRYING):
            return None
        space = sys._getframe(1).f_globals
        try:
            return export(self._handout, space, self._bootstrap, name=name, notebook=nb_path, files=files or (), out=export_path)
        except CannotExport as error:
            return Note(f"Nothing was made: {error}.")

    def passing(self, space: dict[str, Any]) -> list[str]:
        """Names of the questions whose public tests pass."""
        return [one.question for one in self.check_all(space) if one.state == PASSED]


def start(data: Mapping[str, Any], bootstrap: str) -> Any:
    """What `grader` is: ours; or Otter's own object while a grader that has Otter loaded runs this notebook."""
    otter = sys.modules.get("otter")
    if otter is not None and getattr(otter.Notebook, "_grading_mode", True):
        return otter.Notebook()
    grader = Grader(Handout.of(data), bootstrap)
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return grader
    shell = get_ipython()
    if shell is not None:
        unfinished = None
        if not os.environ.get(TRYING):
            unfinished = install(shell, lambda text: display(Note(text)), grader.made_by())

        def keep(result: Any) -> None:
            grader.keep(result.info.raw_cell or "", shell.user_ns, result.error_before_exec or result.error_in_exec)
            if unfinished is not None:
                unfinished.ended(result)

        _listen(shell, keep)
    return grader


def _listen(shell: Any, keep: Any) -> None:
    """Have `keep` called after each cell, once however often this is called."""
    for known in list(shell.events.callbacks.get("post_run_cell", ())):
        if getattr(known, "desk_name", "") == _KEEPER:
            shell.events.unregister("post_run_cell", known)

    def listener(result: Any) -> None:
        keep(result)

    listener.desk_name = _KEEPER  # type: ignore[attr-defined]  # by which an earlier one is known
    shell.events.register("post_run_cell", listener)
