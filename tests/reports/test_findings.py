"""What a class has in common is counted once a submission, named with who is behind it, and bounded."""

from __future__ import annotations

import json

import pytest

from autograder.reports import findings
from autograder.reports.charts import charts
from autograder.reports.final import finalise
from autograder.reports.findings import mistakes, note_kinds, noted, slowest
from autograder.reports.judged import lay_out
from autograder.reports.overrides import Override
from autograder.results import Outcome, SubmissionResult
from tests.reports import factory


def _link(result: SubmissionResult) -> str:
    return f"./{result.name}"


def _mistaken(name: str, *made: str) -> SubmissionResult:
    tests = tuple(
        factory.case(Outcome.FAILED, name=f"t{at}", hint="Mind it.", detail=factory.diagnosis(one)) for at, one in enumerate(made)
    )
    return factory.submission(name, (factory.question("linear", (*tests, factory.case())),))


def test_a_mistake_is_counted_once_a_submission() -> None:
    """However many tests it fails; the most frequent comes first, with the submissions and the hint."""
    found = mistakes([_mistaken("a", "x", "x"), _mistaken("b", "y", "x"), _mistaken("c")], _link)
    assert [(one.title, one.question, one.count, one.who) for one in found] == [
        ("x", "linear", 2, (("a", "./a"), ("b", "./b"))),
        ("y", "linear", 1, (("b", "./b"),)),
    ]
    assert found[0].text == "Mind it."


def test_a_hint_without_a_catalogue_entry_is_counted_too() -> None:
    """What a pattern of values showed has no name, and is told as such."""
    tests = (factory.case(Outcome.FAILED, hint="It is transposed.", detail="Diagnosis: a pattern of values"),)
    (found,) = mistakes([factory.submission("a", (factory.question("linear", tests),))], _link)
    assert (found.title, found.text) == ("by its pattern of values", "It is transposed.")


def test_notes_of_a_kind_are_one() -> None:
    """Those that differ in numbers and quoted names only are counted together."""
    results = [
        factory.submission("a", notes=("Code cell 3 raised: `x`.", "Read as UTF-16.")),
        factory.submission("b", notes=("Code cell 14 raised: `yy`.",)),
    ]
    assert [(one.title, one.count) for one in note_kinds(results, _link)] == [
        ("Code cell … raised: ….", 2), ("Read as UTF-….", 1),
    ]  # fmt: skip


def test_lists_are_bounded_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more submissions than are named the number stays right."""
    monkeypatch.setattr(findings, "NAMED", 2)
    monkeypatch.setattr(findings, "REPAIRED", 1)
    results = [factory.submission(f"s{number}", notes=("Mended.",)) for number in range(5)]
    (kind,) = note_kinds(results, _link)
    assert (kind.count, len(kind.who)) == (5, 2)
    listed, count = noted(results, _link)
    assert (len(listed), count) == (1, 5)


def test_the_slowest_come_first_with_the_question_that_took_it() -> None:
    """Sorted by the whole time; the question is the one whose tests took longest together."""
    quick, slow = factory.case(seconds=0.5), factory.case(seconds=2.0)
    questions = (factory.question("a", (quick, quick)), factory.question("b", (slow,)))
    results = [factory.submission(name, questions, seconds=seconds) for name, seconds in (("x", 3.0), ("y", 9.0))]
    found = slowest(lay_out(results), _link)
    assert [(one.name, one.question, one.question_seconds) for one in found] == [("y", "b", 2.0), ("x", "b", 2.0)]


def test_chart_data_cannot_end_its_element() -> None:
    """No name or title of a test, whatever it holds, has a character in the data that HTML gives a meaning."""
    text = "</script><!--<script>&\u2028"
    case = factory.case(name=text, title=text)
    results = [factory.submission(text, (factory.question("linear", (case,)),))]
    data, _ = charts(lay_out(results), results, _link, None)
    assert not set("<>&") & set(data)
    assert json.loads(data)["cases"][0][1].startswith("</script><!--")


def test_what_was_set_by_hand_is_told_beside_the_verdicts() -> None:
    """A test's points and a question's stand at their columns, the total is the final mark, and the verdict stays the test's."""
    result = factory.submission("ada", factory.partial())
    override = Override(tests={"linear/test_public": 5.0}, questions={"relu": 8.0})
    final = finalise(result, factory.config(), override, "ada")
    data, _ = charts(lay_out([result]), [result], _link, None, {"ada": final})
    (row,) = json.loads(data)["rows"]
    columns = [f"{one[0]}/{one[1][:11]}" for one in json.loads(data)["cases"]]
    told = [(columns[at], points, whole) for at, points, whole in row[8]]
    assert told == [("linear/test_public", 5, False), ("relu/test_public", 8, True), ("relu/test_hidden", 8, True)]
    assert row[2][0] == "f" and row[3] == final.mark


def test_runs_are_drawn_on_their_side_of_the_threshold() -> None:
    """A run exactly at the threshold has reached it; a lower one is below the line, and the scales hold all of them."""

    def run(name: str, accuracy: float, seconds: float) -> SubmissionResult:
        figures = {"accuracy": accuracy, "seconds": seconds}
        return factory.submission(name, (factory.question("mnist", (factory.case(metrics=figures),)),))

    results = [run("at", 75.0, 1.0), run("below", 70.0, 9.5), run("above", 90.0, 0.0)]
    _, plot = charts(lay_out(results), results, _link, 75.0)
    assert plot is not None and (plot.reached.count("M"), plot.missed.count("M")) == (2, 1)
    assert plot.threshold is not None
    assert f" {plot.threshold:g}h0" in plot.reached
    assert float(plot.across[-1].text) >= 9.5 and plot.count == 3
