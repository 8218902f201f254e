"""Results on disk: written whole, read back equal, and all reports made again from them alone."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from autograder.errors import AutograderError, UsageError
from autograder.reports import read_result, read_results, write_reports, write_submission
from autograder.reports.atomic import write_atomically
from autograder.reports.gradebook import as_text_cell, render_gradebook
from autograder.reports.store import HIDDEN
from autograder.results import Outcome, Status, Student
from tests.reports import factory


def _files(folder: Path) -> dict[str, bytes]:
    """All files, but for the index, which tells of times and inodes."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and HIDDEN not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_result_is_read_back_as_it_was(tmp_path: Path) -> None:
    """`result.json` holds all of a result."""
    for result in factory.classroom():
        folder = write_submission(result, tmp_path, factory.config())
        assert folder == tmp_path / result.name
        assert read_result(folder / "result.json") == result


def test_reports_come_from_the_results_alone_and_are_the_same_each_time(tmp_path: Path) -> None:
    """Delete everything but the `result.json` files, and `write_reports` brings back the same bytes."""
    for result in [*factory.classroom(), factory.hostile("\ud800 é \x1b<b>")]:
        write_submission(result, tmp_path, factory.config())
    written = write_reports(tmp_path, factory.config())
    assert [path.name for path in written.overviews] == ["grades.csv", "report.html"]
    before = _files(tmp_path)
    for path in before:
        if not path.endswith("/result.json"):
            (tmp_path / path).unlink()
    assert write_reports(tmp_path, factory.config()).renewed == tuple(sorted(read.name for read in read_results(tmp_path)))
    assert _files(tmp_path) == before
    for path in ("grades.csv", "report.html", "ada/feedback.html", "cyd/results.json"):
        (tmp_path / path).unlink()
    again = write_reports(tmp_path, factory.config())
    assert again.renewed == ("ada", "cyd") and again.current == len(list(read_results(tmp_path))) - 2
    assert _files(tmp_path) == before


def test_a_lone_surrogate_is_no_obstacle(tmp_path: Path) -> None:
    """Text that no UTF-8 file can hold is stored with a substitute, in names too."""
    folder = write_submission(factory.hostile("\udcff", name="caf\udce9"), tmp_path, factory.config())
    assert folder.name == "caf\N{REPLACEMENT CHARACTER}dce9"
    write_reports(tmp_path, factory.config())


def test_names_that_no_file_can_hold_stay_different(tmp_path: Path) -> None:
    """Two names that differ only in such characters have a folder each, so no result takes another's place."""
    for name in ("caf\udce9", "caf\udce8"):
        write_submission(factory.submission(name), tmp_path, factory.config())
    assert len(list(read_results(tmp_path))) == 2


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "a\\b", "a\0b", "grades.csv", "Report.html"])
def test_no_name_leads_out_of_its_folder_or_onto_a_report(tmp_path: Path, name: str) -> None:
    """A submission's name never makes a file anywhere but in a folder of its own."""
    with pytest.raises(AutograderError, match="cannot be a submission's name"):
        write_submission(factory.submission(name), tmp_path / "results", factory.config())
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half-way leaves the old content and no rubbish."""
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert _files(tmp_path) == {"file": b"old"}


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": 3}', b"\xff\xfe", None])
def test_a_damaged_result_is_a_row_for_staff_and_not_the_end(tmp_path: Path, content: bytes | None) -> None:
    """A `result.json` that is damaged or gone costs its own row: errored, without a total, with the reason in the report."""
    for name in ("ada", "bad"):
        write_submission(factory.submission(name), tmp_path, factory.config())
    feedback = (tmp_path / "bad" / "feedback.html").read_bytes()
    if content is None:
        (tmp_path / "bad" / "result.json").unlink()
    else:
        (tmp_path / "bad" / "result.json").write_bytes(content)
    write_reports(tmp_path, factory.config())
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text())))
    assert [(row["submission"], row["status"], row["total"]) for row in rows] == [
        ("ada", "graded", "100.00"),
        ("bad", "errored", ""),
    ]
    assert "result.json: " in (tmp_path / "report.html").read_text()
    assert (tmp_path / "bad" / "feedback.html").read_bytes() == feedback
    assert [result.status for result in read_results(tmp_path)] == [Status.GRADED, Status.ERRORED]


def test_the_gradebook_says_whose_marks_they_are_if_anything_tells(tmp_path: Path) -> None:
    """Columns behind the questions, for all of the class once one has them; a name that looks like a formula is none."""
    for name, student in (("ada", Student("=HYPERLINK(1)", "7", "a@b")), ("bob", None)):
        result = factory.submission(name)
        if student is not None:
            result = msgspec.structs.replace(result, students=(student, Student("Bob")), submitted_at="2024-02-01", late=True)
        write_submission(result, tmp_path, factory.config())
        write_reports(tmp_path, factory.config())
        rows = list(csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text())))
        assert rows[0]["students"] == "'=HYPERLINK(1); Bob" and rows[0]["sids"] == "7" and rows[0]["emails"] == "a@b"
        assert rows[0]["submitted_at"] == "2024-02-01" and rows[0]["late"] == "yes"
    assert [rows[1][column] for column in ("students", "sids", "emails", "submitted_at", "late")] == [""] * 5
    (tmp_path / "ada" / "result.json").unlink()
    for name in ("feedback.html", "results.json"):
        (tmp_path / "ada" / name).unlink()
    write_reports(tmp_path, factory.config())
    assert "students" not in (tmp_path / "grades.csv").read_text()


def test_a_result_in_the_wrong_folder_is_noticed(tmp_path: Path) -> None:
    """A copied folder does not give one student another's grade."""
    folder = write_submission(factory.submission("ada"), tmp_path, factory.config())
    folder.rename(tmp_path / "eve")
    with pytest.raises(AutograderError, match="is the result of 'ada'"):
        read_result(tmp_path / "eve" / "result.json")


def test_without_a_folder_of_results_nothing_is_done(tmp_path: Path) -> None:
    """A wrong path is the caller's mistake, said in one line."""
    with pytest.raises(UsageError, match="is not a folder of results"):
        write_reports(tmp_path / "absent", factory.config())


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    """A folder without any of our files is no submission."""
    (tmp_path / "figures").mkdir()
    write_reports(tmp_path, factory.config())
    assert list(read_results(tmp_path)) == []


def test_the_gradebook_has_a_row_a_submission_and_a_column_a_question() -> None:
    """Columns are the submission, its status, its total, and the questions in the order of the assignment."""
    rows = list(csv.reader(io.StringIO(render_gradebook(factory.classroom(), factory.config()))))
    assert rows[0] == ["submission", "status", "total", *factory.POINTS]
    assert [row[0] for row in rows[1:]] == sorted(result.name for result in factory.classroom())
    ada = rows[1]
    assert ada[1:4] == ["graded", "100.00", "18.00"]


def test_what_could_not_be_judged_is_empty_and_no_zero() -> None:
    """A question that the grader failed on has no number, and a submission that it failed on altogether has no total."""
    lost = factory.submission("lost", (factory.question("linear", (factory.case(Outcome.ERRORED),)),))
    text = render_gradebook([factory.errored("eve"), lost], factory.config())
    eve, lost_row = list(csv.DictReader(io.StringIO(text)))
    assert (eve["linear"], eve["relu"], eve["total"]) == ("", "8.00", "91.00")
    assert (lost_row["linear"], lost_row["total"], lost_row["status"]) == ("", "", "errored")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"])
def test_no_name_is_a_formula(name: str) -> None:
    """A spreadsheet takes no name for a formula, and different names stay different."""
    cell = as_text_cell(name)
    assert cell == f"'{name}"
    rows = list(csv.reader(io.StringIO(render_gradebook([factory.submission(name)], factory.config()), newline="")))
    assert rows[1][0] == cell


def test_names_with_separators_stay_in_their_field() -> None:
    """Commas, quotes and line ends in a name do not move the grades to other columns."""
    text = render_gradebook([factory.submission('a,"b"\nc')], factory.config())
    assert list(csv.reader(io.StringIO(text, newline="")))[1][:3] == ['a,"b"\nc', "graded", "100.00"]


def test_result_files_are_stable_and_readable(tmp_path: Path) -> None:
    """The same result gives the same bytes, indented, so that two runs can be compared line by line."""
    first = write_submission(factory.submission(), tmp_path / "1", factory.config())
    second = write_submission(factory.submission(), tmp_path / "2", factory.config())
    assert _files(first) == _files(second)
    assert json.loads((first / "result.json").read_bytes())["seed"] == factory.submission().seed
