"""Says how well questions and test cases measure: what was judged in, discrimination, time, and what needs a look out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from autograder.reports.judged import FAILED, PASSED, SHARE, Judged
from autograder.reports.text import one_line

if TYPE_CHECKING:
    from autograder.reports.judged import Floats

LEAST: Final = 20
"""Submissions judged in full, before anything is said of an item: with fewer the standard error of a correlation, about
1 / sqrt(n - 1), is above 0.23, and the verdict on a question would be that on a handful of people."""
NEARLY: Final = 0.02
"""Share that counts as nobody, and from the other side as everybody: one in fifty, and in a class below fifty nobody at all."""
DISAGREE: Final = 0.25
"""Share of submissions in which public and hidden tests of a question say different things. A hidden test is there to find
what a public one cannot; where it does so in every fourth submission, the public one leads people astray."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """How a question or a test case measures.

    Attributes:
        discrimination: corrected item-total correlation, -1 to 1; None where it is not defined.
        seconds, longest: median and maximum of the time that judging took; None if nothing was recorded.
    """

    discrimination: float | None = None
    seconds: float | None = None
    longest: float | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A question, or a test case of it, that somebody should look at, and why."""

    question: str
    case: str
    reason: str


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of all questions and test cases.

    Attributes:
        judged: submissions that were judged in full, which discrimination and `look` are about.
        questions: by name.
        cases: by names of question and case.
        look: in the order of the questions; empty if too few were judged.
    """

    judged: int
    questions: dict[str, Item]
    cases: dict[tuple[str, str], Item]
    look: tuple[Look, ...]

    @property
    def enough(self) -> bool:
        """Whether enough were judged to say what needs a look."""
        return self.judged >= LEAST


def summarise_items(grid: Judged) -> Items:
    """Discrimination and time of each item, and which of them need a look."""
    import numpy as np

    judged = ~np.isnan(grid.questions).any(axis=1) if grid.question_names else np.zeros(len(grid.results), bool)
    totals = grid.questions[judged].sum(axis=1)
    questions, cases = {}, {}
    for at, name in enumerate(grid.question_names):
        columns = [column for column, case in enumerate(grid.case_names) if case.question == name]
        seconds = _row_sums(grid.seconds[:, columns])
        questions[name] = _item(grid.questions[judged, at], totals, seconds)
    for at, case in enumerate(grid.case_names):
        cases[case.question, case.case] = _item(grid.cases[judged, at], totals, grid.seconds[:, at])
    items = Items(judged=int(judged.sum()), questions=questions, cases=cases, look=())
    if not items.enough:
        return items
    return msgspec.structs.replace(items, look=tuple(_looks(grid, items, np.flatnonzero(judged).tolist())))


def _row_sums(values: Floats) -> Floats:
    import numpy as np

    sums: Floats = np.where(np.isnan(values).all(axis=1), np.nan, np.nansum(values, axis=1))
    return sums


def _item(points: Floats, totals: Floats, seconds: Floats) -> Item:
    import numpy as np

    known = seconds[~np.isnan(seconds)]
    return Item(
        discrimination=discrimination(points, totals),
        seconds=float(np.median(known)) if len(known) else None,
        longest=float(known.max()) if len(known) else None,
    )


def discrimination(points: Floats, totals: Floats) -> float | None:
    """The corrected item-total correlation: of an item's points with the total of all other items.

    "Corrected" for the item being a part of the total, which alone makes the two go together. Henrysson, S. (1963),
    Correction of item-total correlations in item analysis, Psychometrika 28(2), 211-218; usual since Nunnally, J. C., and
    Bernstein, I. H. (1994), Psychometric Theory, 3rd edition, chapter 8. None where the item or the rest is the same for
    all, and with fewer than three submissions. What is NaN in `points` is left out.
    """
    import numpy as np

    there = ~np.isnan(points)
    item, rest = points[there], (totals - points)[there]
    if len(item) < 3 or np.ptp(item) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = float(np.corrcoef(item, rest)[0, 1])
    return max(-1.0, min(1.0, found)) if found == found else None


def _looks(grid: Judged, items: Items, judged: list[int]) -> Iterator[Look]:
    verdicts = [grid.verdicts[row] for row in judged]
    for name in grid.question_names:
        columns = [at for at, case in enumerate(grid.case_names) if case.question == name]
        asked = [one for one in verdicts if any(one[at] in (PASSED, SHARE, FAILED) for at in columns)]
        if not asked:
            continue
        solved = sum(all(one[at] not in (SHARE, FAILED) for at in columns) for one in asked)
        yield from _extremes(name, "", solved, len(asked))
        yield from _negative(name, "", items.questions[name])
        yield from _disagreement(grid, name, columns, asked)
        for at in columns:
            case = grid.case_names[at]
            met = [one[at] for one in asked if one[at] in (PASSED, SHARE, FAILED)]
            passed = met.count(PASSED)
            # That all pass a public test is what it is for: students see it while they work.
            if met and (case.hidden or passed < len(met) / 2):
                yield from _extremes(name, case.case, passed, len(met))
            yield from _negative(name, case.case, items.cases[name, case.case])


def _extremes(question: str, case: str, solved: int, of: int) -> Iterator[Look]:
    share, verb = solved / of, "pass" if case else "solve"
    if share <= NEARLY:
        reason = f"{solved or 'none'} of {of} {verb} it: too hard, not taught, or wrong itself"
    elif share >= 1 - NEARLY:
        reason = f"{solved if solved < of else 'all'} of {of} {verb} it: it tells nobody apart"
    else:
        return
    yield _look(question, case, reason)


def _negative(question: str, case: str, item: Item) -> Iterator[Look]:
    found = item.discrimination
    if found is not None and found < 0:
        reason = f"discrimination {found:.2f}: who earns it does worse in everything else; is it right, and is it clear?"
        yield _look(question, case, reason)


def _disagreement(grid: Judged, question: str, columns: list[int], asked: list[str]) -> Iterator[Look]:
    public = [at for at in columns if not grid.case_names[at].hidden]
    hidden = [at for at in columns if grid.case_names[at].hidden]
    if not public or not hidden:
        return
    pairs = [(_all_pass(one, public), _all_pass(one, hidden)) for one in asked]
    for pair, reason in (
        ((True, False), "pass all its public tests and fail a hidden one: students are told that they are done"),
        ((False, True), "fail a public test of it and pass all hidden ones: does the public test ask for more?"),
    ):
        amount = pairs.count(pair)
        if amount / len(asked) > DISAGREE:
            yield _look(question, "", f"{amount} of {len(asked)} {reason}")


def _all_pass(verdicts: str, columns: list[int]) -> bool:
    return all(verdicts[at] not in (SHARE, FAILED) for at in columns)


def _look(question: str, case: str, reason: str) -> Look:
    return Look(question=one_line(question), case=one_line(case), reason=reason)
