"""An assignment as the grader sees it: questions, their test cases, and the outline of the solution's cells."""

from __future__ import annotations

import re

import msgspec

_OTTERS = re.compile(
    r"^(?:import otter\b|%pip install -q otter-grader|grader\.(?:check|check_all|export)\(|exec\(_held\[)", re.MULTILINE
)


class TestCase(msgspec.Struct, frozen=True, kw_only=True):
    """One test function of a question.

    Attributes:
        name: the function's name, unique within its question.
        title: first line of its docstring, or the name in words.
        points: what it is worth.
        hidden: whether students may see more of it than its messages.
        success_message, failure_message: what a student may read; empty when the author gave none.
        parameters: names in the student's namespace that the function takes, in order.
    """

    __test__ = False

    name: str
    title: str
    points: float
    hidden: bool
    success_message: str
    failure_message: str
    parameters: tuple[str, ...]


class CellOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What a code cell of the solution does with names.

    Attributes:
        question: the question that the cell answers, or None for given cells (set-up, comparison, data).
        binds: global names it defines or assigns, sorted.
        definitions: those of `binds` that are classes or functions, sorted.
        uses: global names it reads, and attributes it assigns as "name.attr", sorted.
    """

    question: str | None
    binds: tuple[str, ...]
    definitions: tuple[str, ...]
    uses: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question.

    Attributes:
        name: as in the solution notebook.
        points: sum over its cases.
        cases: in the order of the test file.
        source: test functions as in Otter's exception-based test files; executed only in the grader.
        all_or_nothing: whether it earns its points only if all its cases pass.
    """

    name: str
    points: float
    cases: tuple[TestCase, ...]
    source: str
    all_or_nothing: bool = False


class ManualQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question without tests, which people mark; its points are no part of the total."""

    name: str
    points: float


class Misconception(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake that students are known to make, as the solution's notebook with it would be.

    Attributes:
        name: of its file, without the ending.
        title: what the student did, for staff.
        question: where it loses marks.
        hint: for the student; gives no code.
        changes: position of a cell, and its text with the mistake; the other cells are the solution's.
    """

    name: str
    title: str
    question: str
    hint: str
    changes: tuple[tuple[int, str], ...]


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """All that grading needs to know of an assignment; `manifest.json` of a bundle.

    Attributes:
        name, title: from the configuration.
        questions: in the order of the notebook.
        outline: one entry per code cell of the solution (test cells left out), in order.
        complete: code cells of a notebook that has all the work in it, as a student would have written it, Otter's included.
        template: code cells of the notebook that students get.
        solution_digest: SHA-256 of the solution notebook it was made from, hexadecimal.
        versions: package name to version that the bundle was verified with.
        misconceptions: the catalogue of known mistakes.
        catalogue_digest: of its files; empty if there is none.
        by_hand: questions that people mark.
        files: path from the notebook's folder -> content of what student code finds beside it.
        requirements: packages beyond the grader's own that it needs, as `name==version`.
        reseed: seed that is set before every cell; None for one at the start, of the submission's own.
    """

    name: str
    title: str
    questions: tuple[Question, ...]
    outline: tuple[CellOutline, ...]
    complete: tuple[str, ...]
    template: tuple[str, ...]
    solution_digest: str
    versions: dict[str, str]
    misconceptions: tuple[Misconception, ...] = ()
    catalogue_digest: str = ""
    by_hand: tuple[ManualQuestion, ...] = ()
    files: dict[str, bytes] = {}
    requirements: tuple[str, ...] = ()
    reseed: int | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """Code cells of the complete notebook without Otter's: one for each entry of the outline."""
        return _without_otters(self.complete)

    @property
    def given(self) -> tuple[str, ...]:
        """The same of the notebook that students get."""
        return _without_otters(self.template)

    @property
    def max_score(self) -> float:
        """Points of all questions together."""
        return sum(question.points for question in self.questions)


def is_otters(source: str) -> bool:
    """Whether a code cell is one of those that Otter, or the desk in its place, adds: set-up, checks and export."""
    return _OTTERS.search(source) is not None


def _without_otters(sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(source for source in sources if not is_otters(source))
