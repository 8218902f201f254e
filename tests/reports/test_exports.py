"""Files for other gradebooks: the columns that their importers document, a row a student, final marks, and no guess."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from autograder.config import Config, GradebookSection, LateSection
from autograder.reports import write_submission
from autograder.reports.exports import write_export
from autograder.reports.final import Marks
from autograder.reports.formats import Format
from autograder.reports.overrides import Matched, Override
from autograder.results import Outcome, Student, SubmissionResult
from tests.commands import autograder
from tests.reports import factory
from tests.samples import ROOT

TITLE = "Neural networks by hand"


def config(**more: Any) -> Config:
    late = LateSection(due="2026-03-01T23:59:00+00:00", per_day=0.1)
    return factory.config().model_copy(update={"late": late, **more})


def of_gradescope() -> list[SubmissionResult]:
    """A group of two, late; one without a mark; one that nobody is known of."""
    lost = factory.submission("lost", (factory.question("linear", (factory.case(Outcome.ERRORED),)),))
    pair = Student("Ada King Lovelace", "3031", "ada@example.edu"), Student("Babbage, Charles", "3032", "cb@example.edu")
    return [
        factory.submission("pair", students=pair, submitted_at="2026-03-02T11:00:01+00:00"),
        msgspec.structs.replace(lost, students=(Student("Eve", "3033", "eve@example.edu"),)),
        factory.submission("stray"),
    ]


def of_canvas() -> list[SubmissionResult]:
    return [factory.submission("lovelaceada", students=(Student("lovelaceada", "4711"),), late=True)]


def of_moodle() -> list[SubmissionResult]:
    members = ("Export/Ada Lovelace_815_assignsubmission_file/",)
    return [factory.submission("Ada Lovelace", students=(Student("Ada Lovelace", "815"),), members=members)]


def rows(tmp_path: Path, wanted: Format, results: list[SubmissionResult], settings: Config, **found: Override) -> list[list[str]]:
    matched = Matched({name: (name, one) for name, one in found.items()}, {(name,): 1 for name in found})
    export = write_export(wanted, results, tmp_path / "out", Marks(settings, matched))
    return list(csv.reader(io.StringIO(export.path.read_text(), newline="")))


def test_canvas_reads_its_own_columns(tmp_path: Path) -> None:
    """The five columns that its importer asks for, the assignment under its own name, and `Points Possible` below it."""
    found = rows(tmp_path, Format.CANVAS, of_canvas(), config(gradebook=GradebookSection(column="Networks (1234)")))
    assert found == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Networks (1234)"],
        ["    Points Possible", "", "", "", "", "100.00"],
        ["lovelaceada", "4711", "", "", "", "90.00"],
    ]


def test_numbers_of_another_platform_are_no_ids_of_canvas(tmp_path: Path) -> None:
    """Canvas's ID is a number that only its own downloads have: a school's number goes where Canvas takes it for one."""
    _, _, lost, ada, charles, stray = rows(tmp_path, Format.CANVAS, of_gradescope(), config())
    assert ada == ["Ada King Lovelace", "", "3031", "ada@example.edu", "", "90.00"]
    assert charles == ["Babbage, Charles", "", "3032", "cb@example.edu", "", "90.00"]
    assert lost[-1] == "" and stray == ["stray", "", "", "", "", "100.00"]


def test_moodle_finds_its_participants(tmp_path: Path) -> None:
    """The offline grading worksheet: `Participant` and the number from the folder's name; the comment says how the mark came."""
    override = Override(tests={f"relu/test_hidden{factory.SECRET}": 1}, comment="See <me>\nsoon", reason="between us")
    header, ada = rows(tmp_path, Format.MOODLE, of_moodle(), config(), **{"Ada Lovelace": override})
    assert header[:6] == ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"]
    assert header[-2:] == ["Last modified (grade)", "Feedback comments"]
    assert ada[:6] == ["Participant 815", "Ada Lovelace", "", "", "97.00", "100.00"]
    assert ada[-1] == "By the tests: 100.00.<br>Set by hand: relu: 5 instead of 8.<br>See &lt;me&gt;<br>soon"
    assert [row[0] for row in rows(tmp_path, Format.MOODLE, of_gradescope(), config())[1:]] == [""] * 4


def test_gradescope_s_own_columns(tmp_path: Path) -> None:
    """As its own download has them: names apart, points, time, and lateness in hours, minutes and seconds."""
    header, lost, ada, charles, _ = rows(tmp_path, Format.GRADESCOPE, of_gradescope(), config())
    assert header == [
        "First Name", "Last Name", "SID", "Email", "Sections", TITLE, f"{TITLE} - Max Points", f"{TITLE} - Submission Time",
        f"{TITLE} - Lateness (H:M:S)", "Total Lateness (H:M:S)",
    ]  # fmt: skip
    time = "2026-03-02T11:00:01+00:00"
    assert ada == ["Ada King", "Lovelace", "3031", "ada@example.edu", "", "90.00", "100.00", time, "11:01:01", "11:01:01"]
    assert charles[:4] == ["Charles", "Babbage", "3032", "cb@example.edu"]
    assert lost[5] == "" and lost[:2] == ["Eve", ""]


def test_the_plain_file_has_everything_apart(tmp_path: Path) -> None:
    """Raw total, points set by hand, days, deduction and final mark; comment and reason; each question, raw."""
    override = Override(questions={"linear": 12}, comment="c", reason="r")
    found = rows(tmp_path, Format.CSV, of_gradescope(), config(), pair=override)
    lost, ada, _, _ = (dict(zip(found[0], row, strict=True)) for row in found[1:])
    told = {name: ada[name] for name in ("total", "manual_total", "days_late", "deduction", "final", "max_score", "linear")}
    assert list(told.values()) == ["100.00", "94.00", "1", "10.00", "84.00", "100.00", "18.00"]
    assert (ada["set_by_hand"], ada["comment"], ada["reason"]) == ("linear: 12 instead of 18", "c", "r")
    assert (lost["final"], lost["total"], lost["linear"], lost["status"]) == ("", "", "", "errored")


def test_a_workbook_has_numbers_as_numbers_and_text_as_text(tmp_path: Path) -> None:
    """Two sheets with their headings frozen; a name that looks like a formula, an error or a control character is text."""
    names = ["=HYPERLINK(1)", "#N/A", "+1", "a\x00\x1bb\ud800", "3031"]
    results = [factory.submission(f"s{i}", students=(Student(name, name),)) for i, name in enumerate(names)]
    write_export(Format.XLSX, results, tmp_path / "book.xlsx", Marks(config()))
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["Grades", "Questions"]
    grades, questions = book["Grades"], book["Questions"]
    assert (grades.freeze_panes, questions.freeze_panes) == ("A2", "A2")
    head = [cell.value for cell in grades[1]]
    column = head.index("student")
    for row, name in zip(grades.iter_rows(min_row=2), names, strict=True):
        assert row[column].data_type == "s" and row[column].value[:1] == name[:1]
        assert row[head.index("final")].data_type == "n" and row[head.index("final")].value == 100
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert questions.max_row == 1 + len(names) * len(factory.POINTS)
    assert [cell.value for cell in questions[2]] == ["s0", "linear", 18, None, 18, "passed"]


def test_the_same_marks_give_the_same_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte, whenever it is written: no time of its making is in it."""
    books = []
    for now in (1_700_000_000.0, 1_800_000_000.0):
        monkeypatch.setattr("time.time", lambda now=now: now)
        write_export(Format.XLSX, of_gradescope(), tmp_path / "book.xlsx", Marks(config()))
        books.append((tmp_path / "book.xlsx").read_bytes())
        time.sleep(0.01)
    assert books[0] == books[1]
    names = zipfile.ZipFile(tmp_path / "book.xlsx").namelist()
    assert names[0] == "[Content_Types].xml" and openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames[0] == "Grades"


def test_a_name_is_no_formula_in_any_format(tmp_path: Path) -> None:
    """A student may call themselves what they like: no spreadsheet computes it."""
    hostile = factory.submission("=1+1", students=(Student("=cmd|' /C calc'!A0", "@SUM(1)", "+1@example.edu"),))
    for wanted in (Format.CANVAS, Format.MOODLE, Format.GRADESCOPE, Format.CSV):
        cells = [cell for row in rows(tmp_path, wanted, [hostile], config()) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "@", "+"))] == []


def test_those_that_an_importer_cannot_place_are_named(tmp_path: Path) -> None:
    """They have their row, and staff read whose it is; so do those without a mark."""

    def unknown(wanted: Format, results: list[SubmissionResult]) -> tuple[str, ...]:
        return write_export(wanted, results, tmp_path / "out", Marks(config())).unknown

    assert unknown(Format.CANVAS, of_gradescope()) == ("stray",)
    assert unknown(Format.MOODLE, of_gradescope()) == ("lost", "pair (Ada King Lovelace)", "pair (Babbage, Charles)", "stray")
    assert unknown(Format.MOODLE, of_moodle()) == ()
    assert write_export(Format.CSV, of_gradescope(), tmp_path / "out", Marks(config())).without_mark == ("lost",)


def test_the_command_writes_them_where_you_say(tmp_path: Path) -> None:
    """By default a well-named file for each in the results; `--out` for one; whoever has no identity is told on stderr."""
    for result in of_gradescope():
        write_submission(result, tmp_path / "results", factory.config())
    run = autograder("report", tmp_path / "results", "--format", "canvas", "--format", "xlsx")
    assert run.returncode == 1 and "lost: errored" in run.stdout, run.stderr  # one could not be judged
    assert (tmp_path / "results" / "canvas.csv").exists() and (tmp_path / "results" / "gradebook.xlsx").exists()
    assert "canvas: in the file, but with no number or address that Canvas could know them by: stray" in run.stderr
    assert "canvas: in the file without a mark, because the grader could not judge it: lost" in run.stderr
    one = autograder("report", tmp_path / "results", "--format", "moodle", "--out", tmp_path / "m.csv")
    assert one.returncode == 1 and (tmp_path / "m.csv").read_text().startswith("Identifier,")
    for arguments, reason in (
        (("--out", tmp_path / "x.csv"), "name one"),
        (("--format", "csv", "--format", "canvas", "--out", tmp_path / "x.csv"), "leave it out for several"),
        (("--format", "csv", "--out", tmp_path / "results" / "overrides.yaml"), "has its own use among results"),
        (("--format", "csv", "--out", tmp_path), "is a folder"),
        (("--format", "csv", "--out", tmp_path / "none" / "x.csv"), "its folder does not exist"),
    ):
        refused = autograder("report", tmp_path / "results", *arguments)
        assert refused.returncode == 2 and reason in refused.stderr, refused.stderr


def test_a_workbook_without_its_library_says_what_to_install(tmp_path: Path) -> None:
    """You read the command to type, and nothing is written."""
    write_submission(factory.submission(), tmp_path / "results", factory.config())
    code = (
        "import sys; sys.modules['openpyxl'] = None\n"
        "from autograder.cli import main\n"
        f"sys.argv = ['autograder', 'report', {str(tmp_path / 'results')!r}, '--format', 'xlsx']; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert run.returncode == 2 and "pip install 'autograder[report]'" in run.stderr, run.stderr
    assert not (tmp_path / "results" / "grades.csv").exists()


def test_the_path_that_grades_does_not_load_it() -> None:
    """A library for staff costs nobody a start, and need not be in a bundle."""
    code = "import sys, autograder.cli, autograder.reports.store; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("wanted", list(Format))
def test_an_empty_class_is_a_file_with_its_heading(tmp_path: Path, wanted: Format) -> None:
    """No results are no reason to fail."""
    assert write_export(wanted, [], tmp_path / "out", Marks(config())).path.stat().st_size > 0
