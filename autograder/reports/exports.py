"""Writes final marks for other gradebooks: results and marks in, one file in the columns that an importer documents out."""

from __future__ import annotations

import html
import importlib.util
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from autograder.config import Config
from autograder.errors import UsageError
from autograder.reports.atomic import write_atomically
from autograder.reports.final import FinalMark, Marks, late_text, override_text
from autograder.reports.formats import Format
from autograder.reports.gradebook import as_csv, as_text_cell
from autograder.reports.late import clock
from autograder.reports.summary import question_names
from autograder.reports.text import one_line, readable
from autograder.reports.workbook import Sheet, Value, workbook
from autograder.results import Outcome, Student, SubmissionResult

FILES: Final = {
    Format.CANVAS: "canvas.csv",
    Format.MOODLE: "moodle.csv",
    Format.GRADESCOPE: "gradescope.csv",
    Format.CSV: "gradebook.csv",
    Format.XLSX: "gradebook.xlsx",
}
"""What each is called in the folder of results, unless it is to be somewhere else."""
NEEDED: Final = {
    Format.CANVAS: "no number or address that Canvas could know them by",
    Format.MOODLE: "no participant number, which only a download from Moodle has",
    Format.GRADESCOPE: "no number or e-mail address",
    Format.CSV: "nothing that tells whose they are",
    Format.XLSX: "nothing that tells whose they are",
}
"""What is wrong with those that `Export.unknown` lists."""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written.

    Attributes:
        unknown: submissions, and students of them, that the importer cannot tell whose they are; each has a row all the same.
        without_mark: submissions that have no mark, because the grader could not judge them; their cell is empty.
    """

    path: Path
    unknown: tuple[str, ...]
    without_mark: tuple[str, ...]


class _Line(msgspec.Struct, frozen=True):
    """One student of one submission."""

    result: SubmissionResult
    final: FinalMark
    student: Student


def require_format(wanted: Iterable[Format]) -> None:
    """Raise UsageError if a format needs a package that is not installed."""
    if Format.XLSX in wanted and not _has_workbooks():
        raise UsageError("--format xlsx needs the package openpyxl: pip install 'autograder[report]'")


def renew_exports(
    results: Sequence[SubmissionResult], out: Path, marks: Marks, besides: Container[Path] = ()
) -> tuple[Path, ...]:
    """Write those files again that lie in the results under their usual names; `besides` are written anyway.

    An old one beside new marks would be imported one day.
    """
    left = {path for path, _ in outdated(out)}
    there = {wanted: out / name for wanted, name in FILES.items() if (out / name).is_file()}
    wrong = {wanted: path for wanted, path in there.items() if path not in besides and path not in left}
    return tuple(write_export(wanted, results, path, marks).path for wanted, path in wrong.items())


def outdated(out: Path) -> tuple[tuple[Path, str], ...]:
    """Files in the results that cannot be written again, and why, in one sentence."""
    path = out / FILES[Format.XLSX]
    if not path.is_file() or _has_workbooks():
        return ()
    text = (
        f"{path.name} has the marks of an earlier time: to write it again takes the package openpyxl: "
        "pip install 'autograder[report]', or remove the file"
    )
    return ((path, text),)


def _has_workbooks() -> bool:
    return importlib.util.find_spec("openpyxl") is not None


def write_export(wanted: Format, results: Sequence[SubmissionResult], path: Path, marks: Marks) -> Export:
    """Write the final marks of these results to `path`, a row a student: each of a group has one."""
    lines = [
        _Line(result, final.of(student), student)
        for result in sorted(results, key=lambda result: result.name)
        for final in [marks.of(result)]
        for student in result.students or (Student(),)
    ]
    content = _workbook(lines, marks.config) if wanted is Format.XLSX else _TEXTS[wanted](lines, marks.config).encode()
    unknown = dict.fromkeys(_named(line) for line in lines if not _KNOWN[wanted](line))
    without = dict.fromkeys(line.result.name for line in lines if line.final.mark is None)
    return Export(path=write_atomically(path, content), unknown=tuple(unknown), without_mark=tuple(without))


def _named(line: _Line) -> str:
    name = one_line(line.student.name, 80)
    return f"{one_line(line.result.name)} ({name})" if name and len(line.result.students) > 1 else one_line(line.result.name)


def _column(config: Config) -> str:
    return config.gradebook.column or one_line(config.assignment.title)


def _most(lines: Sequence[_Line]) -> float:
    return max((line.result.max_score for line in lines), default=0.0)


def _points(value: float | None, config: Config) -> str:
    return "" if value is None else f"{value + 0.0:.{config.scoring.decimals}f}"


def _full_name(line: _Line) -> str:
    return line.student.name or line.result.name


# Canvas reads the student's ID or, where that is empty, the SIS ID or login. The numbers in its own downloads are its IDs; those
# of other platforms are the school's. Only its downloads say of each submission whether it was late.
def _of_canvas(line: _Line) -> bool:
    return line.result.late is not None


def _canvas(lines: Sequence[_Line], config: Config) -> str:
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", as_text_cell(_column(config))],
        ["    Points Possible", "", "", "", "", _points(_most(lines), config)],
    ]
    for line in lines:
        own, theirs = (line.student.sid, "") if _of_canvas(line) else ("", line.student.sid)
        cells = map(as_text_cell, (_full_name(line), own, theirs, line.student.email))
        rows.append([*cells, "", _points(line.final.mark, config)])
    return as_csv(rows)


# Moodle's importer finds the columns `Identifier`, `Grade` and `Last modified (grade)` by name, takes the number behind
# `Participant`, and ignores rows whose number it does not know. Its downloads name the same number: see `Student.sid`.
_MOODLE: Final = re.compile(r"_(\d+)_assignsubmission_")
_MOODLE_COLUMNS: Final = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


def _participant(line: _Line) -> str:
    numbers = {match[1] for member in line.result.members if (match := _MOODLE.search(member))}
    return f"Participant {line.student.sid}" if line.student.sid in numbers else ""


def _moodle(lines: Sequence[_Line], config: Config) -> str:
    rows: list[Sequence[str]] = [_MOODLE_COLUMNS]
    for line in lines:
        marks = _points(line.final.mark, config), _points(line.result.max_score, config)
        when = as_text_cell(line.result.submitted_at or "-") if line.result.submitted_at else "-"
        name, email = as_text_cell(_full_name(line)), as_text_cell(line.student.email)
        remark = html.escape(_remark(line.final, config)).replace("\n", "<br>")
        rows.append([_participant(line), name, email, "", *marks, "Yes", when, "-", as_text_cell(remark)])
    return as_csv(rows)


def _remark(final: FinalMark, config: Config) -> str:
    """What the student should know of how the mark came about."""
    by_hand = override_text(final, config, for_students=True)
    late = late_text(final, config)
    parts = [f"By the tests: {_points(final.raw, config) or 'no mark'}." if by_hand or late else ""]
    parts += [f"Set by hand: {by_hand}." if by_hand else "", f"{late}." if late else "", readable(final.comment)]
    return "\n".join(part for part in parts if part)


# Gradescope's own download of grades; "Total Lateness" sums up all assignments, of which there is one here.
def _gradescope(lines: Sequence[_Line], config: Config) -> str:
    name = _column(config)
    rows = [
        [
            "First Name", "Last Name", "SID", "Email", "Sections",
            *map(as_text_cell, (name, f"{name} - Max Points", f"{name} - Submission Time", f"{name} - Lateness (H:M:S)")),
            "Total Lateness (H:M:S)",
        ]
    ]  # fmt: skip
    for line in lines:
        late = clock(line.final.seconds_late)
        person = map(as_text_cell, (*_parted(_full_name(line)), line.student.sid, line.student.email))
        marks = _points(line.final.mark, config), _points(line.result.max_score, config)
        rows.append([*person, "", *marks, as_text_cell(line.result.submitted_at), late, late])
    return as_csv(rows)


def _parted(name: str) -> tuple[str, str]:
    """First and last name: parted at a comma, else at the last space."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


_PLAIN: Final = (
    "submission", "status", "student", "sid", "email", "submitted_at", "late", "days_late", "total", "manual_total", "deduction",
    "final", "max_score", "set_by_hand", "comment", "reason", "digest", "graded_at",
)  # fmt: skip


def _plain(line: _Line, questions: Sequence[str], config: Config) -> Iterator[Value]:
    """All that is known of one student's marks, in the columns `_PLAIN` and then a column a question, raw."""
    result, final, student = line.result, line.final, line.student
    late = {None: None, True: "yes", False: "no"}[result.late]
    yield from (result.name, result.status.value, student.name, student.sid, student.email, result.submitted_at, late)
    cost = final.deduction if final.days_late is not None else None
    yield from (final.days_late, final.raw, final.manual, cost, final.mark, result.max_score)
    yield from (override_text(final, config), final.comment, final.reason, result.digest, result.graded_at)
    scores = {one.name: one.score for one in result.questions if one.outcome is not Outcome.ERRORED}
    yield from (scores.get(name) for name in questions)


def _tidy(lines: Sequence[_Line], config: Config) -> str:
    questions = question_names(line.result for line in lines)
    rows = [[as_text_cell(name) for name in (*_PLAIN, *questions)]]
    for line in lines:
        cells = []
        for value in _plain(line, questions, config):
            text = isinstance(value, str)
            number = str(value) if isinstance(value, int) else _points(value, config) if isinstance(value, float) else ""
            cells.append(as_text_cell(str(value)) if text else number)
        rows.append(cells)
    return as_csv(rows)


_QUESTION_COLUMNS: Final = ("submission", "question", "points", "set_by_hand", "max_points", "outcome")


def _workbook(lines: Sequence[_Line], config: Config) -> bytes:
    """Two sheets: a row a student, and a row for each question of each submission."""
    questions = question_names(line.result for line in lines)
    once = {line.result.name: line for line in lines}
    return workbook(
        Sheet("Grades", (*_PLAIN, *questions), (_plain(line, questions, config) for line in lines)),
        Sheet("Questions", _QUESTION_COLUMNS, (row for line in once.values() for row in _question_rows(line))),
    )


def _question_rows(line: _Line) -> Iterator[Sequence[Value]]:
    for one in line.result.questions:
        score = None if one.outcome is Outcome.ERRORED else one.score
        manual = line.final.questions.get(one.name)
        by_hand = manual.points if manual is not None else None
        yield line.result.name, one.name, score, by_hand, one.max_score, one.outcome.value


def _identified(line: _Line) -> bool:
    return bool(line.student.sid or line.student.email)


def _told(line: _Line) -> bool:
    return bool(line.student.name) or _identified(line)


_TEXTS: Final[dict[Format, Callable[[Sequence[_Line], Config], str]]] = {
    Format.CANVAS: _canvas, Format.MOODLE: _moodle, Format.GRADESCOPE: _gradescope, Format.CSV: _tidy,
}  # fmt: skip
_KNOWN: Final[dict[Format, Callable[[_Line], bool]]] = {
    Format.CANVAS: _identified, Format.MOODLE: lambda line: bool(_participant(line)), Format.GRADESCOPE: _identified,
    Format.CSV: _told, Format.XLSX: _told,
}  # fmt: skip
