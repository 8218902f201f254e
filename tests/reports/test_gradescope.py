"""`results.json` is what Gradescope documents."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from autograder.reports.gradescope import GradescopeResults, to_gradescope
from autograder.reports.store import storable
from autograder.results import Status, SubmissionResult
from tests.reports import factory
from tests.reports.schema import read

KINDS = [
    factory.submission(),
    factory.submission("cyd", factory.partial()),
    factory.errored(),
    factory.unreadable(),
    factory.hostile("x"),
    factory.submission("none", (), status=Status.ERRORED, max_score=0.0),
]


@pytest.mark.parametrize("result", KINDS, ids=lambda result: result.name)
def test_every_kind_of_result_is_in_the_documented_format(result: SubmissionResult) -> None:
    """Whatever became of a submission, its file is valid JSON without NaN, of the documented keys, with the total as score."""
    text = to_gradescope(result, factory.config()).to_json()
    document = read(text)
    GradescopeResults.model_validate_json(text, strict=True)
    assert document["score"] == result.score
    assert all(test["score"] <= test["max_score"] for test in document["tests"] if "score" in test)


@pytest.mark.parametrize("result", KINDS[:4], ids=lambda result: result.name)
def test_points_of_the_tests_add_up_to_the_total(result: SubmissionResult) -> None:
    """What the entries are worth and earned agrees with the total, but for the rounding of each."""
    scores = [test.score for test in to_gradescope(result, factory.config()).tests or () if test.score is not None]
    assert sum(scores) == pytest.approx(result.score, abs=0.005 * len(scores))
    assert len(scores) == sum(len(question.tests) for question in result.questions)


def test_a_hidden_total_does_not_leave_a_student_without_points() -> None:
    """While Gradescope hides the total because of hidden tests, a visible line gives the points of the public ones."""
    document = to_gradescope(factory.submission(), factory.config())
    first = (document.tests or ())[0]
    assert first.name == "Public tests: 50 of 50 points"
    assert first.visibility == "visible" and first.score is None
    assert "hidden" not in (document.output or "")


def test_accuracy_and_time_go_on_a_leaderboard_if_the_configuration_wants_one() -> None:
    """The more accurate and the faster come first; by default, and for whom nothing was trained, there are no entries."""
    assert to_gradescope(factory.submission(), factory.config()).leaderboard is None
    config = factory.config()
    config = config.model_copy(update={"gradescope": config.gradescope.model_copy(update={"leaderboard": True})})
    (accuracy, seconds) = to_gradescope(factory.submission(), config).leaderboard or ()
    assert (accuracy.value, accuracy.order, seconds.value, seconds.order) == (83.71, None, 0.42, "asc")
    assert not to_gradescope(factory.submission("none", ()), config).leaderboard


def test_a_test_without_points_has_a_verdict_and_no_score() -> None:
    """Gradescope would show 0 of 0 points, as if nothing had been earned."""
    result = factory.submission("a", (factory.question("relu", (factory.case(points=0.0), factory.case(points=2.0))),))
    free, paid = [test for test in to_gradescope(result, factory.config()).tests or () if test.tags]
    assert (free.score, free.max_score, free.status) == (None, None, "passed") and paid.score == 2.0


def test_no_such_line_where_everything_is_visible() -> None:
    """Where hidden tests are visible too, Gradescope shows the total itself."""
    names = [test.name or "" for test in to_gradescope(factory.submission(), factory.config(hidden="visible")).tests or ()]
    assert not any(name.startswith("Public tests") for name in names)


def test_figures_that_are_not_finite_are_refused() -> None:
    """A score that is no number never becomes a file."""
    with pytest.raises(ValidationError):
        to_gradescope(factory.submission(score=float("nan")), factory.config())


def test_a_run_that_diverged_still_has_a_file() -> None:
    """A metric that is not finite is left out, and the rest is kept."""
    result = storable(factory.submission(questions=factory.perfect(accuracy=float("nan"))))
    metrics = result.questions[-1].tests[-1].metrics
    assert metrics == {"steps": 938.0, "seconds": 0.42}
