"""Nothing that is for staff reaches a student: in the feedback page, in Gradescope's form, or in a terminal."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from typing import Literal

import pytest
from rich.console import Console

from autograder.config import Config
from autograder.reports.feedback import render_feedback
from autograder.reports.gradescope import to_gradescope
from autograder.reports.terminal import submission_summary
from autograder.results import CellResult, Excerpt, Outcome, SubmissionResult, Violation
from tests.reports import factory

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}"


def _feedback(result: SubmissionResult, config: Config) -> str:
    return render_feedback(result, config).decode()


def _gradescope(result: SubmissionResult, config: Config) -> str:
    return to_gradescope(result, config).to_json().decode()


def _terminal(result: SubmissionResult, config: Config) -> str:
    written = io.StringIO()
    Console(width=80, file=written).print(submission_summary(result, config))
    return written.getvalue()


VIEWS = [_feedback, _gradescope, _terminal]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "result",
    [factory.submission("a", factory.partial()), factory.errored(), factory.submission()],
    ids=["failed", "errored", "passed"],
)
def test_hidden_details_stay_with_staff(view: Callable[..., str], result: SubmissionResult) -> None:
    """Of a hidden test, a student sees its message and points: not its name, title, expectation, finding, help or trace."""
    shown = view(result, factory.config())
    assert factory.SECRET not in shown
    assert "Traceback" not in shown
    assert str(result.seed) not in shown


@pytest.mark.parametrize("view", VIEWS)
def test_hidden_failures_still_say_their_message(view: Callable[..., str]) -> None:
    """A hidden test that failed shows the message its author configured, under a number instead of a title."""
    shown = view(factory.submission("a", factory.partial()), factory.config())
    assert "hidden test 2" in shown
    assert "Look at the shapes." in shown


def test_titles_of_hidden_tests_only_where_gradescope_hides_the_entry() -> None:
    """Titles of hidden tests are in results.json only on entries that Gradescope shows to staff alone, for good."""
    result = factory.submission("a", factory.partial())
    for visibility in ("visible", "hidden", "after_due_date", "after_published"):
        document = json.loads(_gradescope(result, factory.config(hidden=visibility)))
        leaking = [test for test in document["tests"] if factory.SECRET in json.dumps(test)]
        assert all(test["visibility"] == "hidden" for test in leaking)
        assert bool(leaking) == (visibility == "hidden")
        assert factory.SECRET not in json.dumps({**document, "tests": []})


def test_public_failures_explain_themselves() -> None:
    """A public failure shows what was expected, what was found and what to look at, in every view."""
    result = factory.submission("a", factory.partial())
    for view in VIEWS:
        shown = view(result, factory.config())
        assert all(text in shown for text in ("shape (2, 5)", "shape (5, 2)", "Mind the order."))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("text_format", ["text", "md"])
@pytest.mark.parametrize("hints", ["public", "all", "none"])
def test_hints_are_shown_where_the_configuration_says(
    view: Callable[..., str], text_format: Literal["text", "md"], hints: Literal["public", "all", "none"]
) -> None:
    """For public tests, for hidden ones as well, or for none; the rest of a hidden test stays hidden with its hint or without."""
    cases = (
        factory.case(Outcome.FAILED, hint="This is the mean."),
        factory.case(Outcome.FAILED, hidden=True, hint="This is a transpose."),
        factory.case(Outcome.PASSED, hint="This passed."),
    )
    result = factory.submission("a", (factory.question("linear", cases), *factory.perfect()[1:]))
    shown = view(result, factory.config(text_format=text_format, hints=hints))
    assert ("This is the mean." in shown) == (hints != "none")
    assert ("This is a transpose." in shown) == (hints == "all")
    assert "This passed." not in shown and factory.SECRET not in shown


def test_staff_see_titles_in_a_terminal() -> None:
    """Staff can ask for the titles of hidden tests and the end of their traces."""
    written = io.StringIO()
    Console(width=200, file=written).print(submission_summary(factory.errored(), factory.config(), for_staff=True))
    assert f"forward agrees with the reference {factory.SECRET} (hidden)" in written.getvalue()
    assert f"ValueError: in the grader {factory.SECRET}" in written.getvalue()


def test_an_errored_test_is_never_the_students_fault() -> None:
    """Where the grader failed, every view says so, and that the score is not final."""
    result = factory.errored()
    assert "not because of your code" in html.unescape(_feedback(result, factory.config()))
    document = json.loads(_gradescope(result, factory.config()))
    assert "score is not final" in document["output"]


def test_the_student_s_own_lines_stand_beside_what_is_said_of_them() -> None:
    """With the line that is meant marked: of cells that failed, broken rules, public tests that raised; never of hidden ones."""
    lines = Excerpt(cell=3, first=6, marked=7, lines=("def forward(self, x):", "\treturn x <b> 1", "# end"))
    secret = Excerpt(cell=4, first=1, marked=1, lines=(factory.SECRET,))
    tests = (
        factory.case(Outcome.FAILED, excerpt=lines, raised_at=(3, 7)),
        factory.case(Outcome.FAILED, hidden=True, excerpt=secret, raised_at=(4, 1)),
    )
    broken = Violation(rule="basic", thing="torch.relu", found="source", cell=3, line=7, excerpt=lines)
    failed = CellResult(number=3, status="raised", seconds=0.1, error="ValueError: no", line=7, excerpt=lines)
    result = factory.submission("a", (factory.question("relu", tests, violations=(broken,)),), cells=(failed,))
    page = _feedback(result, factory.config())
    assert page.count("<mark>    return x &lt;b&gt; 1</mark>") == 3 and factory.SECRET not in page


def test_what_a_student_wrote_is_text_in_the_feedback() -> None:
    """Markup in names, messages, errors and notes is shown as written and becomes no element."""
    page = _feedback(factory.hostile(HOSTILE), factory.config())
    assert "<script" not in page and "<img" not in page
    assert "{{ 7*7 }}" in html.unescape(page)
    assert not re.search(r"<[^>]* on\w+=", page)


@pytest.mark.parametrize("text_format", ["text", "md"])
def test_what_a_student_wrote_is_text_on_gradescope(text_format: Literal["text", "md"]) -> None:
    """No text of a student's is sent to Gradescope in a format that renders HTML, images or links."""
    config = factory.config(text_format=text_format)
    document = json.loads(_gradescope(factory.hostile(f"```\n{HOSTILE} ![x](http://e.org)\n```\n<b>"), config))
    formats = {document["output_format"], document["test_output_format"], document["test_name_format"]}
    assert formats == {"text"}
    for test in document["tests"]:
        assert test.get("name_format", "text") == "text"
        if test.get("output_format") == "md":
            outside_code = re.sub(r"(?ms)^(`{3,})\n.*?\n\1$", "", test["output"])
            assert "<" not in outside_code and "](" not in outside_code


def test_terminal_escapes_never_reach_a_terminal() -> None:
    """Control sequences and rich's own markup in a student's text are shown, not obeyed."""
    shown = _terminal(factory.hostile("\x1b]0;owned\x07\x1b[2J[red]x[/red]"), factory.config())
    assert "\x1b" not in shown and "\x07" not in shown
    assert "[red]x[/red]" in shown


@pytest.mark.parametrize("view", VIEWS)
def test_no_submission_makes_an_endless_report(view: Callable[..., str]) -> None:
    """However many cells fail, rules break and letters a text has, a report stays bounded and says what it leaves out."""
    long = "é" * 100_000
    violation = Violation(rule="basic", thing=long, found="source", cell=1, line=1)
    questions = (factory.question("linear", (factory.case(),), violations=(violation,) * 1000, notes=(long,) * 1000),)
    cells = tuple(CellResult(number=i, status="raised", seconds=0.1, error=long) for i in range(1000))
    shown = view(factory.submission("big", questions, notes=(long,) * 1000, cells=cells), factory.config())
    assert len(shown) < 1_000_000
    assert "975 more" in shown


def test_the_feedback_needs_nothing_from_elsewhere() -> None:
    """The page holds no script and no address of another file, so it can be handed out alone."""
    page = _feedback(factory.submission("a", factory.partial()), factory.config())
    assert "<script" not in page and "<link" not in page and "@import" not in page and "url(" not in page
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page)) == {f"#q{i}" for i in range(1, 14)}


def test_the_training_run_is_shown_beside_threshold_and_caps() -> None:
    """A student sees accuracy, steps and seconds of the run, and the threshold and both caps."""
    page = _feedback(factory.submission(), factory.config())
    section = page[page.index("The training run") :]
    assert all(text in section for text in ("83.71 %", "at least 75 %", "938", "at most 938", "0.42", "at most 60"))


def test_the_losses_of_a_student_s_own_training_are_drawn() -> None:
    """As a line that falls as they do, with its ends in words; a single loss, or none, draws nothing."""
    for losses, drawn in (((2.4, 1.2, 0.6), True), ((2.4,), False), ((), False)):
        run = {"accuracy": 83.7, "steps": 938.0, "seconds": 0.4}
        tests = (factory.case(metrics=run), factory.case(hidden=True, series={"training losses": losses}))
        page = _feedback(factory.submission("a", (factory.question("mnist", tests),)), factory.config())
        assert ('points="0.00,0.00 50.00,50.00 100.00,75.00"' in page) is drawn
        assert ("from 2.4" in page) is drawn


def test_the_series_that_is_drawn_is_the_one_that_is_recorded() -> None:
    """Reports do not import checks, so the name stands in both."""
    from autograder.checks.replay import LOSSES
    from autograder.reports import feedback

    assert feedback.LOSSES == LOSSES
