"""Lays the results of a class out as arrays: results in, points, verdicts and seconds of submissions x test cases out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from autograder.reports.condensed import case_times
from autograder.reports.summary import question_names
from autograder.results import NO_WORK, Outcome, QuestionResult, SubmissionResult, TestResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PASSED, SHARE, FAILED, ERRORED, ABSENT = "psfe-"
"""Verdicts, one character each: passed; failed with a share of the points; failed; could not be judged; no such test here."""
_VERDICTS: Final = {Outcome.PASSED: PASSED, Outcome.FAILED: FAILED, Outcome.ERRORED: ERRORED}


class CaseName(NamedTuple):
    """A test case, of all that the class met."""

    question: str
    case: str
    title: str
    hidden: bool


@dataclass(frozen=True)
class Judged:
    """What was judged of each submission that holds work. Rows are submissions, columns questions or cases in their order.

    Attributes:
        verdicts: a character of each case, for each submission.
        questions, cases: points; NaN where there is no verdict.
        seconds: that each case took; NaN where it was not asked.
    """

    results: tuple[SubmissionResult, ...]
    question_names: tuple[str, ...]
    case_names: tuple[CaseName, ...]
    verdicts: tuple[str, ...]
    questions: Floats
    cases: Floats
    seconds: Floats


class _Form(NamedTuple):
    """A question as many submissions have it: its points, and verdict and points by case."""

    score: float
    verdicts: str
    points: list[float]
    columns: tuple[int, ...]


def lay_out(results: Iterable[SubmissionResult]) -> Judged:
    """What was judged of those that hold work, in the order in which they are given."""
    import numpy as np

    worked = tuple(result for result in results if result.status not in NO_WORK)
    names = question_names(worked)
    cases = _cases(worked, names)
    starts: dict[str, int] = {}
    columns: dict[tuple[str, str], int] = {}
    for at, case in enumerate(cases):
        starts.setdefault(case.question, at)
        columns[case.question, case.case] = at
    widths = {name: sum(case.question == name for case in cases) for name in names}
    forms: dict[int, _Form] = {}
    questions = np.full((len(worked), len(names)), np.nan)
    points = np.full((len(worked), len(cases)), np.nan)
    seconds = np.full((len(worked), len(cases)), np.nan)
    verdicts = [[ABSENT * widths[name] for name in names] for _ in worked]
    layouts: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    place = {name: at for at, name in enumerate(names)}
    chosen: dict[str, tuple[list[int], list[_Form]]] = {name: ([], []) for name in names}
    for row, result in enumerate(worked):
        layout = []
        for question in result.questions:
            form = forms.get(id(question))
            if form is None:
                form = forms[id(question)] = _form(question, columns, starts.get(question.name, 0), widths[question.name])
            rows, found = chosen[question.name]
            rows.append(row)
            found.append(form)
            verdicts[row][place[question.name]] = form.verdicts
            layout.append(form.columns)
        layouts.setdefault(tuple(layout), []).append(row)
    for name, (rows, found) in chosen.items():
        if rows:
            start = starts.get(name, 0)
            questions[rows, place[name]] = [form.score for form in found]
            points[rows, start : start + widths[name]] = [form.points for form in found]
    for shape, rows in layouts.items():
        flat = [column for one in shape for column in one]
        times = [case_times(worked[row]) for row in rows]
        fitting = [(row, one) for row, one in zip(rows, times, strict=True) if len(one) == 2 * len(flat)]
        if flat and fitting:
            block = np.frombuffer(b"".join(one for _, one in fitting), "<f2").reshape(len(fitting), len(flat))
            seconds[np.ix_([row for row, _ in fitting], flat)] = block
    return Judged(worked, names, cases, tuple(map("".join, verdicts)), questions, points, seconds)


def _cases(results: Sequence[SubmissionResult], names: Sequence[str]) -> tuple[CaseName, ...]:
    found: dict[str, dict[str, CaseName]] = {name: {} for name in names}
    seen: set[int] = set()
    for result in results:
        for question in result.questions:
            if id(question) not in seen:
                seen.add(id(question))
                known = found[question.name]
                for test in question.tests:
                    if test.case not in known:
                        known[test.case] = CaseName(question.name, test.case, test.title, test.hidden)
    return tuple(case for cases in found.values() for case in cases.values())


def _form(question: QuestionResult, columns: dict[tuple[str, str], int], start: int, width: int) -> _Form:
    verdicts, points = [ABSENT] * width, [float("nan")] * width
    order = []
    for test in question.tests:
        column = columns[question.name, test.case]
        order.append(column)
        verdicts[column - start] = _verdict(test)
        if test.outcome is not Outcome.ERRORED:
            points[column - start] = test.points
    score = float("nan") if question.outcome is Outcome.ERRORED else question.score
    return _Form(score, "".join(verdicts), points, tuple(order))


def _verdict(test: TestResult) -> str:
    return SHARE if test.outcome is Outcome.FAILED and test.points > 0 else _VERDICTS[test.outcome]
