"""Staff are told how questions measure, and which of them need a look, by figures that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.reports.dashboard import render_dashboard
from autograder.reports.items import LEAST, Look, discrimination, summarise_items
from autograder.reports.judged import lay_out
from autograder.results import Outcome, SubmissionResult, TestResult
from tests.reports import factory

Verdicts = dict[str, str]
"""Question -> a letter for each of its cases: p passed, f failed, e errored; the last is hidden."""


def _submission(name: str, verdicts: Verdicts) -> SubmissionResult:
    outcomes = {"p": Outcome.PASSED, "f": Outcome.FAILED, "e": Outcome.ERRORED}
    return factory.submission(
        name,
        tuple(
            factory.question(
                question,
                tuple(
                    TestResult(
                        case=f"case_{at}", title="a case", outcome=outcomes[one], points=float(one == "p"), max_points=1.0,
                        hidden=at == len(letters) - 1, message="", seconds=0.25 * (at + 1),
                    )
                    for at, one in enumerate(letters)
                ),
            )
            for question, letters in verdicts.items()
        ),
    )  # fmt: skip


def _class(*groups: tuple[int, Verdicts]) -> list[SubmissionResult]:
    """So many submissions of each kind."""
    return [_submission(f"s{at}-{number}", verdicts) for at, (amount, verdicts) in enumerate(groups) for number in range(amount)]


def _looks(results: list[SubmissionResult]) -> tuple[Look, ...]:
    return summarise_items(lay_out(results)).look


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    """An item is held against the total without it: numpy's correlation of the two, and not of item and total."""
    points = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    totals = np.array([3.0, 5.0, 9.0, 1.0, 4.0])
    found = discrimination(points, totals)
    assert found == pytest.approx(np.corrcoef(points, totals - points)[0, 1])
    assert found != pytest.approx(np.corrcoef(points, totals)[0, 1])


@pytest.mark.parametrize(
    ("points", "totals"), [([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]), ([0.0, 1.0, 0.0], [2.0, 3.0, 2.0]), ([0.0, 1.0], [2.0, 3.5])]
)
def test_discrimination_is_not_made_up(points: list[float], totals: list[float]) -> None:
    """Where the item or all the rest is the same for all, or almost nobody is there, there is none."""
    assert discrimination(np.array(points), np.array(totals)) is None


def test_what_was_not_judged_has_no_part_in_discrimination() -> None:
    """A submission with an errored question has no total to be held against; its figures leave no trace in it."""
    kinds = [dict(zip("abc", verdicts.split(), strict=True)) for verdicts in ("pp pp pf", "ff pf ff", "ff pp pp")]
    results = _class(*((8, kind) for kind in kinds))
    whole = summarise_items(lay_out(results))
    more = summarise_items(lay_out([*results, *_class((5, {"a": "pp", "b": "ee", "c": "ff"})), factory.unreadable()]))
    assert more.judged == whole.judged == 24
    assert more.questions["a"].discrimination == whole.questions["a"].discrimination is not None


def test_seconds_are_of_judging() -> None:
    """A question's seconds are those of its cases together; of several submissions the median, and the longest."""
    items = summarise_items(lay_out(_class((3, {"a": "pp"}), (1, {"a": "ppp"}))))
    assert (items.questions["a"].seconds, items.questions["a"].longest) == (0.75, 1.5)
    assert items.cases["a", "case_1"].seconds == 0.5


def test_a_question_that_measures_backwards_is_named() -> None:
    """Negative discrimination is named with its figure, for the question and for the test."""
    results = _class((15, {"a": "pp", "b": "pp", "c": "ff"}), (15, {"a": "ff", "b": "ff", "c": "pp"}))
    backwards = [look for look in _looks(results) if "discrimination -1.00" in look.reason]
    assert ("c", "") in [(look.question, look.case) for look in backwards]
    assert ("c", "case_1") in [(look.question, look.case) for look in backwards]


def test_what_nobody_or_everybody_solves_is_named() -> None:
    """Such a question is named with the numbers; a public test that all pass is what it is for, a hidden one is not."""
    results = _class((15, {"none": "pf", "all": "pp", "some": "pp"}), (15, {"none": "pf", "all": "pp", "some": "ff"}))
    found = {(look.question, look.case): look.reason for look in _looks(results) if "of 30 pass all" not in look.reason}
    assert found["none", ""].startswith("none of 30 solve it")
    assert found["none", "case_1"].startswith("none of 30 pass it")
    assert found["all", ""].startswith("all of 30 solve it") and found["all", "case_1"].startswith("all of 30 pass it")
    assert ("all", "case_0") not in found and not any(question == "some" for question, _ in found)


@pytest.mark.parametrize(
    ("verdicts", "said"), [("pf", "pass all its public tests and fail a hidden one"), ("fp", "fail a public test of it and pass")]
)
def test_public_and_hidden_tests_that_often_disagree_are_named(verdicts: str, said: str) -> None:
    """More than every fourth submission in which they do names the question, and which way; every fourth does not."""
    other: Verdicts = {"a": "pp", "b": "pp"}
    often = _looks(_class((8, {"a": verdicts, "b": "pp"}), (10, other), (10, {"a": "ff", "b": "ff"})))
    assert [look.reason.startswith("8 of 28 ") for look in often if look.question == "a" and said in look.reason] == [True]
    seldom = _looks(_class((7, {"a": verdicts, "b": "pp"}), (11, other), (10, {"a": "ff", "b": "ff"})))
    assert not any(said in look.reason for look in seldom)


def test_too_few_submissions_name_nothing() -> None:
    """Below the least number nothing is named, and the page says why."""
    few = _class((LEAST - 1, {"a": "ff"}))
    items = summarise_items(lay_out(few))
    assert not items.enough and items.look == ()
    assert f"Too few submissions to say: {LEAST - 1} could" in render_dashboard(few, factory.config()).decode()
    assert "none of 20 solve it" in render_dashboard(_class((LEAST, {"a": "ff"})), factory.config()).decode()


def test_verdicts_are_in_the_place_of_their_tests() -> None:
    """Whoever lacks a question or a test has a gap there, and nothing moves."""
    made = lay_out(_class((1, {"a": "pf", "b": "p"}), (1, {"b": "e"}), (1, {"a": "fpp"})))
    assert [(case.question, case.case) for case in made.case_names] == [
        ("a", "case_0"), ("a", "case_1"), ("a", "case_2"), ("b", "case_0"),
    ]  # fmt: skip
    assert made.verdicts == ("pf-p", "---e", "fpp-")
    assert np.isnan(made.cases[1]).all() and made.seconds[0].tolist()[:2] == [0.25, 0.5]
