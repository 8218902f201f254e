"""A class as a platform hands it out is taken apart into its submissions, and whose each is goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.results import Student
from autograder.submissions import Found, discover, find_submissions, read_submission
from autograder.submissions.found import Names
from tests.submissions_reading.exports import EXPORTS, GRADESCOPE_TABLE, NAMES
from tests.submissions_reading.packing import notebook, tarred, zipped

WORK, OTHER = notebook("x = 1"), notebook("y = 1")


def _put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _class(layout: str, form: str, tmp_path: Path) -> Path:
    files = EXPORTS[layout](WORK, OTHER)
    if form == "folder":
        return _put(tmp_path / "class", files)
    (tmp_path / f"class.{form}").write_bytes(zipped(files) if form == "zip" else tarred(files, "w:gz"))
    return tmp_path / f"class.{form}"


@pytest.mark.parametrize("form", ["folder", "zip", "tar.gz"])
@pytest.mark.parametrize("layout", EXPORTS)
def test_an_export_is_taken_apart_as_the_platform_made_it(layout: str, form: str, tmp_path: Path) -> None:
    """One submission for each student or group, with a name that tells whose it is, and with its own files only."""
    discovery = discover([_class(layout, form, tmp_path)])
    by_name = {one.name: one for one in discovery.found}
    assert set(by_name) == NAMES[layout]
    assert len(discovery.layouts) == 1 and "3 submissions" in discovery.layouts[0]
    for name, one in by_name.items():
        if name != "No Files":
            read = read_submission(one)
            assert read.cells and (len(read.notes) == 1) == ("race Hopper" in name or name in ("12346_hoppergrace", "grace"))
    left = {Path(path).name for path in discovery.passed_over}
    assert left == {"gradescope": {"submission_metadata.yml"}, "nbgrader": {"work.ipynb", "gradebook.db"}}.get(layout, set())


def _students(layout: str, tmp_path: Path) -> dict[str, Found]:
    return {one.name: one for one in find_submissions([_class(layout, "zip", tmp_path)])}


def test_gradescope_tells_name_number_address_and_time(tmp_path: Path) -> None:
    """Of each member of a group; its times are points in time, and a row without a folder is a submission without files."""
    found = _students("gradescope", tmp_path)
    group = found["Ada Lovelace + Grace Hopper"]
    assert group.students == (
        Student("Ada Lovelace", "3031", "ada@example.edu"), Student("Grace Hopper", "3032", "grace@example.edu"),
    )  # fmt: skip
    assert group.submitted_at == "2024-02-01T12:34:56.123456+00:00" and group.late is None
    assert found["Émile _ Borel"].students == (Student("Émile / Borel", "", "emile@example.edu"),)
    with pytest.raises(Exception, match="nothing was handed in"):
        read_submission(found["No Files"])


def test_canvas_tells_name_number_and_lateness(tmp_path: Path) -> None:
    """Two students of one name are two students."""
    found = _students("canvas", tmp_path)
    assert found["lovelaceada"].students == (Student("lovelaceada", "12345"),) and found["lovelaceada"].late is True
    assert found["12346_hoppergrace"].late is False and len(found["12346_hoppergrace"].members) == 2


@pytest.mark.parametrize(
    ("name", "student", "late"),
    [
        ("LATE_anon_aB3x9_67890_work.ipynb", Student("", "aB3x9"), True),
        ("anon_aB3x9_67890_work.ipynb", Student("", "aB3x9"), False),
        ("team_late_LATE_12_34_a_5_6_b.ipynb", Student("team_late", "12"), True),
        ("müllerjürgen_12_34_LATE_1_2_b.ipynb", Student("müllerjürgen", "12"), False),
    ],
)
def test_canvas_names_are_taken_apart_at_the_right_places(
    name: str, student: Student, late: bool, tmp_path: Path
) -> None:
    """Anonymous ones, groups whose names look like something else, files whose names do."""
    (one,) = find_submissions([_put(tmp_path / "in", {name: WORK})])
    assert one.students == (student,) and one.late is late


def test_moodle_and_nbgrader_tell_who_it_is(tmp_path: Path) -> None:
    """By the grading worksheet's Identifier; by the user's name, with the time of collecting."""
    assert _students("moodle", tmp_path)["Émile van der Borel"].students == (Student("Émile van der Borel", "1234569"),)
    ada = _students("nbgrader", tmp_path)["ada"]
    assert ada.students == (Student(sid="ada"),) and ada.submitted_at == "2024-02-02 15:58:23.948203 UTC"
    _put(tmp_path / "course", EXPORTS["nbgrader"](WORK, OTHER))
    inside = find_submissions([tmp_path / "course" / "submitted"])
    assert {one.name for one in inside} == {"ada", "grace", "emile"} and inside[0].submitted_at


def test_a_damaged_table_of_submitters_is_the_callers_mistake(tmp_path: Path) -> None:
    """Nothing is graded as nobody's."""
    for table in ("a: [", "- 1\n- 2", "a: !!python/object:os.system [x]\nb: ["):
        folder = _put(tmp_path / "class", {"submission_metadata.yml": table.encode(), "submission_1/work.ipynb": WORK})
        with pytest.raises(UsageError, match=r"submission_metadata\.yml"):
            find_submissions([folder])


def test_a_link_in_an_export_leads_nowhere(tmp_path: Path) -> None:
    """A folder that is a link to somebody else's is not that student's work."""
    folder = _put(tmp_path / "class", {"submission_metadata.yml": GRADESCOPE_TABLE.encode(), "submission_1002/work.ipynb": WORK})
    _put(tmp_path / "elsewhere", {"work.ipynb": WORK})
    (folder / "submission_1001").symlink_to(tmp_path / "elsewhere")
    found = {one.name: one for one in find_submissions([folder])}
    with pytest.raises(Exception, match="nothing was handed in"):
        read_submission(found["Ada Lovelace + Grace Hopper"])


PLAIN = {
    "ada.ipynb": WORK, "bob.zip": zipped({"a.ipynb": WORK, "b.ipynb": WORK}), "cyd.py": b"x = 1", "essay.pdf": b"%PDF",
    "dan/work.ipynb": WORK, "dan/more.ipynb": WORK, "dan/helper.py": b"y = 1", "eve/deep/work.ipynb": WORK,
}  # fmt: skip


def test_what_is_one_submission_in_a_plain_folder_can_be_chosen(tmp_path: Path) -> None:
    """Without a word each notebook and each archive is one; by file or by folder where the class is kept otherwise."""
    folder = _put(tmp_path / "class", PLAIN)
    assert {one.name for one in find_submissions([folder])} == {"ada", "bob", "cyd", "dan_work", "more", "deep_work"}
    assert len(find_submissions([folder], "file")) == 7
    assert {one.name for one in find_submissions([folder], "folder")} == {"ada", "bob", "cyd", "dan", "eve"}
    assert sorted(Path(path).name for path in discover([folder]).passed_over) == ["essay.pdf", "helper.py"]


def test_an_archive_is_one_submission_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    """An archive in a folder is never taken apart, one on the command line if it is an export or if that is asked for."""
    (tmp_path / "class.zip").write_bytes(zipped(PLAIN))
    assert [one.members for one in find_submissions([tmp_path / "class.zip"])] == [()]
    assert len(find_submissions([tmp_path / "class.zip"], "file")) == 7
    by_folder = {one.name: one for one in find_submissions([tmp_path / "class.zip"], "folder")}
    assert set(by_folder) == {"ada", "bob", "cyd", "dan", "eve"} and read_submission(by_folder["dan"]).cells
    assert read_submission(by_folder["bob"]).cells
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "canvas.zip").write_bytes(zipped(EXPORTS["canvas"](WORK, OTHER)))
    assert [one.name for one in find_submissions([tmp_path / "in"])] == ["canvas"]


ODD_NAMES = ["../../etc", "a/b\\c", "..", "", "grades.csv", "x" * 500, "學" * 200, "a\0b\n", "\u202eevil", "\ud800"]


@pytest.mark.parametrize("label", ODD_NAMES)
def test_a_students_name_becomes_a_safe_folder(label: str, tmp_path: Path) -> None:
    """Within the results, not too long for the file system, and twice the same gives two."""
    names = Names()
    for name in (names.unique(label), names.unique(label.upper())):
        (tmp_path / name).mkdir()
        assert (tmp_path / name).parent == tmp_path and (tmp_path / f"{name}.result.json").write_text("") == 0
    assert len(list(tmp_path.glob("*/"))) == 2


def test_a_folder_of_results_is_told_from_one_without_work(tmp_path: Path) -> None:
    """Whoever gives the results for the submissions learns what may be done with them."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "result.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="--replay"):
        discover([tmp_path])
