"""Runs a question's public tests on what the notebook has defined so far: names and values in, what to tell the student out."""

from __future__ import annotations

import contextlib
import io
import linecache
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .blanks import NOT_ATTEMPTED, blank_code, blank_lines, frames, in_lines
from .handout import Case, Handout, Question
from .history import last_run

PASSED, FAILED, OPEN = "passed", "failed", "open"
"""States of a case and of a question; open: something is not filled in yet."""
_YET = " yet"
"""Ends what a test says of something that is not there: "`forward` does not return a tensor yet"."""


@dataclass(frozen=True)
class CaseAnswer:
    """What came of one case. `text`: for the student; `where`: the line of their code that raised, if it did."""

    title: str
    state: str
    text: str
    where: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of one question.

    Attributes:
        open: what is to be said of blanks that are left; empty if there are none.
        remarks: what is to be said besides, each a sentence.
    """

    question: str
    state: str
    cases: tuple[CaseAnswer, ...]
    open: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.state == PASSED for case in self.cases)

    def __repr__(self) -> str:
        from .render import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from .render import as_html

        return as_html(self)


def answer(handout: Handout, name: str, space: dict[str, Any], kept: Mapping[str, Any] | None = None) -> Answer:
    """Run the public tests of a question on the names of `space`. Raises KeyError for a name that is no question's.

    `kept`: what these names stood for when the answer was run, where that is to count and not what they stand for now.
    """
    question = handout.question(name)
    functions = _compiled(question)
    cases = tuple(_run(case, functions[case.name], space, {**space, **(kept or {})}) for case in question.cases)
    if all(case.state == PASSED for case in cases):
        rules = tuple(f"Grading looks at a rule, too, and this check does not: {_begun(rule)}." for rule in question.rules)
        return Answer(name, PASSED, cases, remarks=rules)
    return _with_blanks(Answer(name, FAILED, cases), handout.answer(name), space)


def _with_blanks(found: Answer, given: str, space: dict[str, Any]) -> Answer:
    """An answer that does not pass, with what is to be said of the blanks of its cell, which was handed out as `given`."""
    run = last_run(given, space)
    blanks = blank_lines(run) if run is not None else []
    if run is None and given and not found.passed:
        return replace(
            found, state=OPEN, cases=(), open=f"{NOT_ATTEMPTED}: the cell of this question was not run in this session"
        )
    if blanks and len(blanks) >= len(blank_lines(given)):
        said = f"{NOT_ATTEMPTED}: `...` stands in {in_lines(blanks)} of the cell; fill in, run the cell, and check again"
        return replace(found, state=OPEN, cases=(), open=said)
    if blanks:
        return replace(found, state=OPEN, open=f"not finished yet: `...` still stands in {in_lines(blanks)} of the cell")
    return found if any(case.state == FAILED for case in found.cases) else replace(found, state=OPEN)


def _compiled(question: Question) -> Mapping[str, Callable[..., None]]:
    filename, space = f"<tests of {question.name}>", {"__name__": question.name}
    linecache.cache[filename] = (len(question.source), None, question.source.splitlines(True), filename)
    exec(compile(question.source, filename, "exec"), space)
    return space  # type: ignore[return-value]  # the functions among them are asked for by name


def _run(case: Case, function: Callable[..., None], space: dict[str, Any], values: Mapping[str, Any]) -> CaseAnswer:
    missing = [name for name in case.parameters if name not in values]
    blank = [name for name in case.parameters if values.get(name) is ...]
    if missing:
        said = f"{_named(missing)} not there yet: run the cell that makes {'it' if len(missing) == 1 else 'them'}"
        return CaseAnswer(case.title, OPEN, said)
    if blank:
        return CaseAnswer(case.title, OPEN, f"{_named(blank)} still `...`: {NOT_ATTEMPTED}")
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # what a method prints has been seen when its cell was run
            function(*(values[name] for name in case.parameters))
    except AssertionError as error:
        if frames(error.__traceback__, space):
            return _raised(case, error, space)
        text = _begun(str(error))
        if text.endswith(_YET):
            return CaseAnswer(case.title, OPEN, text)
        return CaseAnswer(case.title, FAILED, f"{case.failure} {text}".strip())
    except Exception as error:
        return _raised(case, error, space)
    return CaseAnswer(case.title, PASSED, case.success)


def _raised(case: Case, error: Exception, space: dict[str, Any]) -> CaseAnswer:
    """An exception on the way: from a blank, from the student's own line, or from what the test did with their result."""
    own = frames(error.__traceback__, space)
    kind, text = type(error).__name__, textwrap.shorten(str(error), 300)
    for code, _ in reversed(own):
        blanks = blank_code(code)
        if blanks:
            name = getattr(code, "co_qualname", code.co_name)
            return CaseAnswer(case.title, OPEN, f"`{name}` is {NOT_ATTEMPTED}: `...` stands in {in_lines(blanks)} of its cell")
    if not own:
        said = f"The test could not work with your result ({kind}: {text})."
        return CaseAnswer(case.title, FAILED, f"{case.failure} {said}".strip())
    code, line = own[-1]
    name = getattr(code, "co_qualname", code.co_name)
    where = linecache.getline(code.co_filename, line).strip()
    said = f"`{name}` raised {kind} in line {line} of its cell: {text}"
    return CaseAnswer(case.title, FAILED, f"{case.failure} {said}".strip(), where)


def _named(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names) + (" is" if len(names) == 1 else " are")


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
