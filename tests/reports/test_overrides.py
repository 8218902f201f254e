"""Marks set by hand: they are applied when reports are made, shown as what they are, and told of when they fit nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import ConfigError
from autograder.reports import Reports, write_reports, write_submission
from autograder.reports.final import finalise
from autograder.reports.folder import open_results
from autograder.reports.overrides import Identity, Override, Overrides, match, read_overrides
from autograder.reports.store import RESERVED
from autograder.results import Outcome, Student
from tests.commands import autograder
from tests.reports import factory
from tests.samples import ROOT

ADA = Student("Ada Lovelace", "3031", "ada@example.edu")


def written(folder: Path, text: str) -> Path:
    (folder / "overrides.yaml").write_text(text)
    return folder


def classroom(folder: Path) -> None:
    for result in (factory.submission("ada", factory.partial(), students=(ADA,)), factory.submission("bob"), factory.errored()):
        write_submission(result, folder, factory.config())


def told(folder: Path, text: str) -> tuple[str, ...]:
    """What staff are told of marks, with this file."""
    return tuple(one.text for one in write_reports(written(folder, text), factory.config()).problems)


@pytest.mark.parametrize(
    ("text", "line", "fragments"),
    [
        ("ada: {questions: {linear: '12'}}\n", 1, "`ada.questions.linear` must be a number|remove the quotes"),
        ("ada:\n  adjustment: 1\n  digset: abcd\n", 3, "`ada.digset` is not a key of `ada`; did you mean `digest`?"),
        ("# who\nada: {comment: 5}\n", 2, "`ada.comment` must be text, found 5"),
        ("ada: {digest: 123456, comment: x}\n", 1, "`ada.digest` must be text, found 123456"),
        ("ada: {digest: XYZ, comment: x}\n", 1, "`ada.digest` must be the beginning of the SHA-256"),
        ("ada: {tests: {relu: 3}}\n", 1, "`ada.tests.relu`: the key must be a question and one of its tests"),
        ("ada: {questions: {relu: -3}}\n", 1, "`ada.questions.relu` must be at least 0, found -3"),
        ("ada: {days_late: 1.5}\n", 1, "`ada.days_late` must be a whole number, found 1.5"),
        ("ada: {adjustment: .nan}\n", 1, "`ada.adjustment` must be a finite number"),
        ("ada: {reason: x}\n", 1, "`ada` must set `questions`, `tests`, an `adjustment` or `days_late`, or"),
        (
            "ada: {questions: {relu: 3}, tests: {relu/test_it: 1}}\n",
            1,
            "must set the question `relu` or tests of it, and not both",
        ),
        ("ada: 5\n", 1, "`ada` must be a mapping of keys to values, found 5"),
        ("3031: {comment: x}\n", 1, "a key must be text (put it in quotes), found 3031"),
        ("ada: {comment: x}\nada: {comment: y}\n", 2, "`ada` must be given once, found here again after line 1"),
        ("- ada\n", 1, "the file must be a mapping with a key for each submission"),
        ("ada: [\n", 2, "is not valid YAML"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place_and_nothing_is_done(
    tmp_path: Path, text: str, line: int, fragments: str
) -> None:
    """You read file, line, key and what to write; reports and results stay as they were."""
    classroom(tmp_path)
    write_reports(tmp_path, factory.config())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.suffix in (".html", ".json", ".csv")}
    with pytest.raises(ConfigError) as caught:
        write_reports(written(tmp_path, text), factory.config())
    assert str(caught.value).startswith(f"{tmp_path / 'overrides.yaml'}, line {line}")
    assert [part for part in fragments.split("|") if part not in str(caught.value)] == []
    assert {path: path.read_bytes() for path in before} == before


def test_the_readme_s_example_is_read_and_has_every_key(tmp_path: Path) -> None:
    """What you copy from there is a file that works, and leaves no key unknown to you."""
    (example,) = re.findall(r"```yaml\n(ada-lovelace:.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (override,) = read_overrides(written(tmp_path, example)).entries.values()
    assert override.model_fields_set == set(Override.model_fields)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\n  \n", "{}\n"])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    """A file with nothing but comments is as good as none."""
    assert read_overrides(written(tmp_path, text)).entries == {}
    assert read_overrides(tmp_path / "absent").entries == {}


@pytest.mark.parametrize(
    ("fields", "manual", "mark"),
    [
        ({"questions": {"linear": 12}}, 28.66, 28.66),
        ({"tests": {"linear/test_public": 6}}, 22.66, 22.66),
        ({"tests": {"linear/test_public": 1, f"linear/test_hidden{factory.SECRET}": 2}}, 19.66, 19.66),
        ({"adjustment": 2.5}, 19.16, 19.16),
        ({"adjustment": -50}, 0.0, 0.0),
        ({"questions": {"linear": 18, "relu": 0}, "adjustment": 90}, 124.66, 124.66),
        ({"comment": "Well argued."}, None, 16.66),
    ],
)
def test_what_is_set_by_hand_changes_the_mark_and_never_the_raw_total(
    fields: dict[str, Any], manual: float | None, mark: float
) -> None:
    """A question, a test case or the total: the difference goes into the mark, and what the tests gave stays beside it."""
    final = finalise(factory.submission("ada", factory.partial()), factory.config(), Override(**fields), "ada")
    assert (final.raw, final.manual, final.mark) == (16.66, manual, mark)
    assert final.not_applied == ()


def test_what_the_grader_could_not_judge_can_be_given_a_mark() -> None:
    """An errored question gets the points you say; an adjustment alone makes no mark of what has none."""
    lost = factory.submission("lost", (factory.question("linear", (factory.case(Outcome.ERRORED),)),))
    given = finalise(lost, factory.config(), Override(questions={"linear": 3}), "lost")
    assert (given.raw, given.mark, given.questions["linear"].raw) == (None, 3.0, None)
    refused = finalise(lost, factory.config(), Override(adjustment=3), "lost")
    assert refused.mark is None and "`adjustment` is not applied" in refused.not_applied[0].text


@pytest.mark.parametrize("key", ["ada", '"3031"', "ada@example.edu", "ADA@Example.edu"])
def test_a_submission_is_named_by_itself_or_by_its_student(tmp_path: Path, key: str) -> None:
    """The folder's name, the student's number, or the address, in capitals or not."""
    classroom(tmp_path)
    assert told(tmp_path, f"{key}: {{questions: {{linear: 12}}}}\n") == ()
    rows = {row["submission"]: row for row in csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text()))}
    assert (rows["ada"]["total"], rows["ada"]["manual_total"], rows["ada"]["final"]) == ("16.66", "28.66", "28.66")
    assert rows["ada"]["set_by_hand"] == "linear: 12 instead of 0" and rows["ada"]["linear"] == "0.00"
    assert (rows["bob"]["manual_total"], rows["bob"]["final"], rows["bob"]["set_by_hand"]) == ("", "100.00", "")


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("bbo: {adjustment: 1}\n", "line 1, `bbo`: is not applied, because no submission has this name|is `bob` meant?"),
        ("ada: {digest: 1234, adjustment: 1}\n", "it is for what was handed in as 1234, and this is abababababab"),
        ("\nada: {questions: {lienar: 1}}\n", "line 2, `ada`: `questions.lienar` is not applied: there is no such question"),
        ("ada: {tests: {linear/test_x: 1}}\n", "`tests.linear/test_x` is not applied: `linear` has no such test"),
        ("ada: {questions: {linear: 18.5}}\n", "it can be worth 18 at most; use `adjustment` for more"),
        ("ada: {tests: {linear/test_public: 7}}\n", "it can be worth 6 at most"),
        ("ada: {adjustment: 1}\n'3031': {adjustment: 2}\n", "none of `ada` in line 1, `3031` in line 2 is applied"),
    ],
)
def test_what_fits_nothing_is_not_applied_and_told(tmp_path: Path, text: str, fragments: str) -> None:
    """Another file handed in since, a name with a slip, two for one: staff are told which line, and no mark changes."""
    classroom(tmp_path)
    text = text.replace("digest: 1234", 'digest: "1234"')
    (problem,) = told(tmp_path, text)
    assert [part for part in fragments.split("|") if part not in problem] == []
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text())))
    assert rows[0]["total"] == "16.66" and rows[0].get("final", "16.66") == "16.66"
    page = (tmp_path / "report.html").read_text()
    assert 'id="attention"' in page and fragments.split("|")[0].split("`")[0] in page


def test_a_number_of_two_submissions_is_applied_to_neither() -> None:
    """One student with two submissions: you are asked which; the submission's own name settles it."""
    both = [Identity("first", "a" * 64, (ADA,)), Identity("second", "b" * 64, (ADA,)), Identity("nobody", "", (Student(),))]
    override = Override(adjustment=1)
    matched = match(_overrides(**{"3031": override}), both)
    assert matched.found == {} and "it could be for first, second" in matched.problems[0].text
    assert match(_overrides(second=override), both).found == {"second": ("second", override)}


def _overrides(**entries: Override) -> Overrides:
    return Overrides(entries, {(key,): 1 for key in entries})


@pytest.mark.parametrize(
    ("text", "line", "fragment"),
    [
        ("ada:\n  comment: x\n  digest: '1234'\n", 3, "it is for what was handed in as 1234"),
        ("ada:\n  adjustment: 1\n  questions:\n    linear: 2\n    lienar: 1\n", 5, "`questions.lienar` is not applied"),
        ("ada:\n  tests:\n    linear/test_public: 1\n    linear/test_x: 1\n", 4, "`linear` has no such test"),
        ("ada:\n  tests:\n\n    linear/test_public: 7\n", 4, "it can be worth 6 at most"),
        ("ada:\n  comment: x\n  days_late: 1\n", 3, "`days_late` is not applied"),
        (
            "ada:\n  comment: x\n  members:\n    '3031': {adjustment: 1}\n    bob: {adjustment: 1}\n",
            5,
            "`members.bob` is not applied, because it is no student of this submission: there are `ada@example.edu`",
        ),
        (
            "ada:\n  members:\n    '3031': {adjustment: 1}\n    ada@example.edu: {adjustment: 1}\n",
            4,
            "because `3031` is the same student",
        ),
    ],
)
def test_the_line_is_that_of_the_key_that_does_not_fit(tmp_path: Path, text: str, line: int, fragment: str) -> None:
    """In a long entry you are sent to the line to mend, and not to where the entry begins."""
    classroom(tmp_path)
    (problem,) = told(tmp_path, text)
    assert problem.startswith(f"overrides.yaml, line {line}, `ada`: ") and fragment in problem


def test_the_digest_may_be_only_its_beginning(tmp_path: Path) -> None:
    """As it is shown in report.html: the first digits are enough."""
    classroom(tmp_path)
    assert told(tmp_path, "ada: {digest: abababababab, adjustment: 1}\n") == ()


def test_a_regrade_keeps_it_and_the_result_never_holds_it(tmp_path: Path) -> None:
    """New results of the same submission get it too, and `result.json` says what the tests gave, before and after."""
    classroom(tmp_path)
    told(tmp_path, "ada: {questions: {linear: 12}, comment: Seen.}\n")
    raw = (tmp_path / "ada" / "result.json").read_bytes()
    assert b"Seen." not in raw and json.loads(raw)["score"] == 16.66
    with open_results(tmp_path, factory.config()) as folder:
        folder.write(factory.submission("ada", students=(ADA,)))
    assert json.loads((tmp_path / "ada" / "result.json").read_bytes())["score"] == 100.0
    assert "Seen." in (tmp_path / "ada" / "feedback.html").read_text()
    assert json.loads((tmp_path / "ada" / "results.json").read_text())["score"] == 94.0


def test_only_the_pages_of_those_are_written_whose_override_changed(tmp_path: Path) -> None:
    """A new, changed or withdrawn override makes those pages again and no others; reading it again makes none."""
    classroom(tmp_path)

    def renewed(text: str) -> Reports:
        return write_reports(written(tmp_path, text), factory.config())

    renewed("")
    for text, names in (
        ("ada: {adjustment: 1}\n", ("ada",)),
        ("ada: {adjustment: 1}\n", ()),
        ("# why\nada: {adjustment: 1}\n", ()),
        ("ada: {adjustment: 2}\nbob: {comment: Hm.}\n", ("ada", "bob")),
        ("bob: {comment: Hm.}\n", ("ada",)),
        ("", ("bob",)),
    ):
        assert renewed(text).renewed == names, text


def test_a_withdrawn_override_is_looked_for_again(tmp_path: Path) -> None:
    """`grade` looks at pages that were made with an override, though no key names their submission any more."""
    classroom(tmp_path)
    told(tmp_path, "ada: {adjustment: 1}\n")
    with open_results(written(tmp_path, ""), factory.config()) as folder:
        assert folder.overridden == ("ada",)
        assert folder.refresh_views("ada") and not folder.refresh_views("ada")


def test_an_override_that_became_unclear_while_grading_is_taken_back(tmp_path: Path) -> None:
    """Whether a student has a second submission is known only when all are graded: then the pages of both are looked at again."""
    config = factory.config()
    with open_results(written(tmp_path, '"3031": {adjustment: -5}\n'), config) as folder:
        folder.write(factory.submission("ada", students=(ADA,)))
        assert json.loads((tmp_path / "ada" / "results.json").read_text())["score"] == 95.0
        folder.write(factory.submission("ada-2", students=(ADA,)))
        assert folder.overridden == ("ada", "ada-2")
        assert [folder.refresh_views(name) for name in folder.overridden] == [True, True]
    assert json.loads((tmp_path / "ada" / "results.json").read_text())["score"] == 100.0


def test_every_view_shows_it_as_set_by_hand(tmp_path: Path) -> None:
    """Staff see sign, list and reason; the student both marks and the comment, never the reason or a hidden test's name."""
    hidden = f"relu/test_hidden{factory.SECRET}"
    classroom(tmp_path)
    hostile = "<script>alert(1)</script>"
    text = f'ada:\n  questions: {{linear: 12}}\n  tests: {{{hidden}: 2}}\n  comment: "{hostile}"\n  reason: between us\n'
    assert told(tmp_path, text) == ()
    report, page = ((tmp_path / name).read_text() for name in ("report.html", "ada/feedback.html"))
    assert 'id="by-hand"' in report and "between us" in report and hidden in report
    assert report.count('aria-label="set by hand') >= 4  # the list, the total and two questions
    assert "between us" not in page and factory.SECRET not in page and hostile not in page + report
    assert re.search(r"<s>.*0</s> <strong>.*12</strong>", page) and "By the tests</dt><dd>16.66" in page
    assert "&lt;script&gt;alert(1)" in page
    form = json.loads((tmp_path / "ada" / "results.json").read_text())
    assert form["score"] == 30.66 and factory.SECRET not in json.dumps(form) and "between us" not in json.dumps(form)
    (line,) = [test for test in form["tests"] if test.get("name") == "Set by hand"]
    assert line["output"].startswith("linear: 12 of 18 points") and "score" not in line
    (case,) = [test for test in form["tests"] if test.get("output", "").startswith("Set by hand: 2 points instead of 0.")]
    assert (case["score"], case["visibility"]) == (2.0, "after_published")


def test_without_any_the_pages_say_nothing_of_it(tmp_path: Path) -> None:
    """A class without overrides and late days looks as it did."""
    classroom(tmp_path)
    write_reports(tmp_path, factory.config())
    assert "set by hand" not in (tmp_path / "report.html").read_text().lower()
    assert "manual_total" not in (tmp_path / "grades.csv").read_text()


def test_on_the_command_line_a_bad_file_is_code_2_and_a_stale_one_code_1(tmp_path: Path) -> None:
    """A script can tell: 2, nothing was done; 1, done, and staff must look."""
    classroom(tmp_path)
    bad = autograder("report", written(tmp_path, "ada: {adjustment: one}\n"))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "overrides.yaml, line 1: `ada.adjustment` must be a number" in bad.stderr
    stale = autograder("report", written(tmp_path, "adda: {adjustment: 1}\n"))
    assert stale.returncode == 1 and "Please look at:" in stale.stdout and "is `ada` meant?" in stale.stdout
    good = autograder("report", written(tmp_path, "ada: {adjustment: 1}\n"))
    assert "overrides" not in good.stdout and "eve: errored" in good.stdout, good.stdout + good.stderr


def test_no_submission_takes_the_name_of_the_file() -> None:
    """A folder `overrides.yaml` would take the place of the file, and one `canvas.csv` that of an export."""
    assert {"overrides.yaml", "canvas.csv", "gradebook.xlsx"} <= RESERVED
