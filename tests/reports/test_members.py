"""Marks that are set by hand for one student of a group, and files for gradebooks that are written again when marks change."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from autograder.config import LateSection
from autograder.reports import exports, write_reports, write_submission
from autograder.reports.feedback import render_feedback
from autograder.reports.final import finalise, override_text
from autograder.reports.formats import Format
from autograder.reports.overrides import Override
from autograder.results import Student
from tests.reports import factory
from tests.reports.test_overrides import ADA, classroom, told, written

PAIR = (ADA, Student("Charles Babbage", "3032", "cb@example.edu"))


def test_one_of_a_group_can_have_an_own_adjustment() -> None:
    """The submission's mark stays what it is for the others; the deduction for lateness comes after, as for everybody."""
    config = factory.config()
    late = config.model_copy(update={"late": LateSection(due="2026-03-01T23:59:00+00:00", per_day=0.1)})
    result = factory.submission("pair", students=PAIR, submitted_at="2026-03-02T11:00:01+00:00")
    override = Override.model_validate(
        {"adjustment": 1, "comment": "Both.", "members": {"CB@example.edu": {"adjustment": -5, "comment": "You.", "reason": "r"}}}
    )
    final = finalise(result, late, override, "pair")
    assert (final.mark, final.of(ADA).mark, final.of(PAIR[1]).mark) == (91.0, 91.0, 86.0)
    assert (final.of(PAIR[1]).manual, final.of(PAIR[1]).comment, final.of(PAIR[1]).reason) == (96.0, "Both.\nYou.", "r")
    assert final.not_applied == () and override_text(final, late) == "total: +1; total of CB@example.edu: −5"
    page = render_feedback(result, late, final).decode()
    assert "Both." in page and "You." not in page and "86" not in page  # the page is the group's


def test_what_is_set_for_one_of_a_group_is_in_their_row_and_with_staff(tmp_path: Path) -> None:
    """A gradebook's row has the student's own mark; report.html says whose; feedback says nothing of it."""
    write_submission(factory.submission("pair", students=PAIR), tmp_path, factory.config())
    text = '"3031":\n  members:\n    "3032": {adjustment: -5, comment: You., reason: absent}\n'
    written(tmp_path, text)
    write_reports(tmp_path, factory.config(), formats={Format.CSV: tmp_path / "gradebook.csv"})
    rows = list(csv.DictReader(io.StringIO((tmp_path / "gradebook.csv").read_text())))
    told = [(row["sid"], row["manual_total"], row["final"], row["set_by_hand"], row["comment"]) for row in rows]
    assert told == [("3031", "", "100.00", "", ""), ("3032", "95.00", "95.00", "total: −5", "You.")]
    report = (tmp_path / "report.html").read_text()
    assert "total of 3032: −5" in report and "3032: absent" in report
    assert not {"absent", "You."} & set(re.findall(r"absent|You\.", (tmp_path / "pair" / "feedback.html").read_text()))


def test_files_for_gradebooks_that_are_there_are_written_again(tmp_path: Path) -> None:
    """A mark that is set by hand later reaches what an earlier `--format` wrote; what you did not ask for is not made."""
    classroom(tmp_path)
    write_reports(tmp_path, factory.config(), formats={Format.CANVAS: tmp_path / "canvas.csv"})
    before = (tmp_path / "canvas.csv").read_text()
    again = write_reports(written(tmp_path, "bob: {adjustment: 7}\n"), factory.config())
    assert "107.00" in (tmp_path / "canvas.csv").read_text() and "107.00" not in before
    assert [path.name for path in again.overviews] == ["grades.csv", "report.html", "canvas.csv"]
    assert not (tmp_path / "moodle.csv").exists()


def test_a_workbook_that_cannot_be_written_again_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library the old one stays, and staff are told that it is old."""
    classroom(tmp_path)
    (tmp_path / "gradebook.xlsx").write_bytes(b"old")
    monkeypatch.setattr(exports, "_has_workbooks", lambda: False)
    (problem,) = told(tmp_path, "")
    assert "gradebook.xlsx has the marks of an earlier time" in problem
    assert (tmp_path / "gradebook.xlsx").read_bytes() == b"old"
