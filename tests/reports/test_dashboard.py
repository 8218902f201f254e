"""The class report tells staff the truth about the class, the tests and the run."""

from __future__ import annotations

import html
import re

import msgspec
import pytest

from autograder.reports.attention import needs_attention, summarise_confinement
from autograder.reports.dashboard import render_dashboard
from autograder.reports.library import table_library
from autograder.reports.summary import histogram, spread, summarise_cases, summarise_questions
from autograder.results import Outcome, Status, SubmissionResult
from tests.reports import factory


def _page(results: list[SubmissionResult]) -> str:
    return render_dashboard(results, factory.config()).decode()


def _text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_report_does_not_depend_on_the_order_of_grading() -> None:
    """The same results in another order give the same bytes."""
    assert _page(factory.classroom()) == _page(factory.classroom()[::-1])


def test_an_empty_class_has_a_report() -> None:
    """No submissions, no crash: the page says that nothing was graded."""
    assert "Nothing was graded" in _page([])


def test_statistics_are_of_graded_submissions_only() -> None:
    """What was not judged, and what could not be read, does not pull the mean down."""
    text = _text(_page([factory.submission("a"), factory.unreadable(), factory.errored()]))
    assert "100 mean" in text and "100 median" in text
    assert "of the 1 submissions that were graded" in text


def test_quartiles_are_the_usual_ones() -> None:
    """1 to 5 has the quartiles 2, 3 and 4."""
    result = spread([5, 1, 4, 2, 3])
    assert result is not None
    assert (result.lower_quartile, result.median, result.upper_quartile, result.mean) == (2, 3, 4, 3)


def test_every_total_is_in_one_bar() -> None:
    """Full marks are in the last bar, a border belongs to the bar that it begins, and nothing is lost."""
    bars = histogram([0, 4.99, 5, 69.99999999999999, 100], 100, 20)
    assert [(bar.start, bar.count) for bar in bars if bar.count] == [(0, 2), (5, 1), (70, 1), (95, 1)]
    assert [bar.count for bar in histogram([0.0], 0, 2)] == [1, 0]


def test_facility_and_pass_rates_leave_out_what_was_not_judged() -> None:
    """Facility is the mean share of points of those judged; a test's pass rate counts neither errors nor unreadable files."""
    results = [factory.submission("a"), factory.submission("b", factory.partial()), factory.errored(), factory.unreadable()]
    linear = summarise_questions(results)[0]
    assert (linear.count, linear.errored, linear.facility) == (2, 1, 0.5)
    hidden = next(c for c in summarise_cases(results) if c.question == "linear" and c.hidden)
    assert (hidden.passed, hidden.failed, hidden.errored, hidden.rate) == (1, 1, 1, 0.5)
    never = next(c for c in summarise_cases([factory.errored()]) if c.question == "linear" and c.hidden)
    assert never.rate is None


def test_the_training_run_is_held_against_threshold_and_caps() -> None:
    """The report counts runs below the threshold and runs that the clock ended, and gives both caps."""
    slow = factory.perfect()
    last = slow[-1].tests[-1]
    tests = (slow[-1].tests[0], msgspec.structs.replace(last, metrics={"accuracy": 74.99, "steps": 500.0, "seconds": 60.0}))
    slow = (*slow[:-1], msgspec.structs.replace(slow[-1], tests=tests))
    text = _text(_page([factory.submission("a"), factory.submission("b", slow)]))
    assert "2 runs, 1 below the threshold of 75 %, 1 ended by the cap of 60 s" in text
    assert "at most 938" in text


def test_what_needs_a_person_comes_first_with_its_reason() -> None:
    """Errored submissions, then unreadable ones, stand before everything else, each with its reason."""
    page = _page(factory.classroom())
    assert page.index("Staff must look at 2") < page.index("The class</h2>")
    assert [(one.name, one.status) for one in needs_attention(factory.classroom())] == [
        ("eve", Status.ERRORED),
        ("bob", Status.UNREADABLE),
    ]
    eve, bob = needs_attention(factory.classroom())
    assert "1 test could not be judged: linear/" in eve.reason and "ValueError: in the grader" in eve.reason
    assert bob.reason == "bob.ipynb is not a notebook: line 1"


def test_an_errored_test_is_noticed_whatever_the_status_says() -> None:
    """A result that calls itself graded and holds an errored test is for staff all the same."""
    odd = msgspec.structs.replace(factory.errored(), status=Status.GRADED)
    assert [one.status for one in needs_attention([odd])] == [Status.ERRORED]


@pytest.mark.parametrize(
    ("missing", "level"),
    [
        ((), "confined"),
        (("Landlock",), "weakened"),
        (("user of its own",), "weakened"),
        (("resource limits",), "weakened"),
        (("user of its own", "Landlock"), "unconfined"),
    ],
)
def test_missing_confinement_is_loud(missing: tuple[str, ...], level: str) -> None:
    """One submission without a layer that must hold is enough for a banner; without any that keeps it out, a worse one."""
    results = [factory.submission("a"), factory.weakened(factory.submission("b"), *missing)]
    assert summarise_confinement(results).level == level
    page = _page(results)
    assert ("UNCONFINED" in page) == (level == "unconfined")
    assert ("Confinement was incomplete" in page) == (level == "weakened")
    assert ('role="alert"' in page) == bool(missing)


def test_confinement_that_was_not_recorded_is_loud() -> None:
    """A graded submission without a record of its layers is not taken for a confined one; one whose code never ran is."""
    assert summarise_confinement([factory.submission(confinement=())]).level == "weakened"
    assert summarise_confinement([factory.unreadable()]).level == "confined"


def test_links_lead_to_the_feedback_and_nowhere_else() -> None:
    """A name is one part of a relative path in a link, whatever characters it has."""
    page = _page([factory.hostile("x", name=name) for name in ("javascript:alert(1)", "a b#c?d", "\"'><b>", "50%")])
    links = set(re.findall(r'href="([^#"][^"]*)"', page))
    assert links == {
        f"./{name}/feedback.html" for name in ("javascript%3Aalert%281%29", "a%20b%23c%3Fd", "%22%27%3E%3Cb%3E", "50%25")
    }
    assert "<b>" not in page


def test_students_text_is_text_in_the_report() -> None:
    """Names, notes and traces that hold markup do not become elements or scripts."""
    text = "</pre></td><script>alert(1)</script>"
    bad = factory.case(Outcome.ERRORED, detail=text, name="t")
    results = [
        factory.submission(f"{text}1".replace("/", "|"), (factory.question("linear", (bad,)),)),
        msgspec.structs.replace(factory.unreadable(), notes=(text,)),
    ]
    page = _page(results)
    scripts = 2 + bool(table_library())
    assert page.count("<script>") == scripts and page.count("<script") == page.count("</script") == scripts + 1
    assert "alert(1)" in page


def test_the_page_of_a_large_class_stays_one_that_browsers_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lists those to look at first and says of how many; statistics are of all."""
    monkeypatch.setattr("autograder.reports.dashboard.ROWS", 3)
    monkeypatch.setattr("autograder.reports.dashboard.TRACES", 1)
    results = [*(factory.errored(f"eve{i}") for i in range(4)), *factory.classroom()]
    page = _page(results)
    text = _text(page)
    assert f"{len(results)} submissions" in text and f"3 of {len(results)}: those that could not be judged" in text
    assert "Staff must look at 6" in text and "The first 3 of them" in text
    assert page.count("<summary>trace</summary>") == 1
    assert "student-0" not in page[page.index('id="submissions"') : page.index('id="slowest"')]
    assert f"of the {len(results) - 6} submissions that were graded" in text


def test_seeds_and_versions_are_there_for_staff() -> None:
    """Staff can replay a grade: its seed and the versions are in the report, and mixed versions are pointed out."""
    other = factory.submission("b", versions={"torch": "2.15.0"})
    text = _text(_page([factory.submission("a"), other]))
    assert str(other.seed) in text
    assert "2.14.0, 2.15.0 (not all submissions were graded with the same version)" in text
