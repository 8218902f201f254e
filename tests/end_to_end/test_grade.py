"""The grade command: what is not fit to be graded gets a clear line, and the same work gets the same marks."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.commands import autograder
from tests.samples import FOLDER

COMPLETE = FOLDER / "complete.ipynb"
pytestmark = pytest.mark.usefixtures("bundle")

BAD = {
    "empty_file": b"",
    "not_a_notebook": b"hello, this is my homework\n",
    "truncated": COMPLETE.read_bytes()[:2000],
    "a_pdf": b"%PDF-1.7 ...",
    "json_of_something_else": b'{"grades": [1, 2]}',
    "no_code_cells": json.dumps(
        {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "hi"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ).encode(),
}


def test_the_same_submission_gets_the_same_marks_twenty_times(tmp_path: Path) -> None:
    """Hidden inputs are drawn afresh each time, and the marks do not depend on them."""
    folder = tmp_path / "copies"
    folder.mkdir()
    for number in range(20):
        shutil.copy(COMPLETE, folder / f"copy{number:02}.ipynb")
    run = autograder("grade", folder, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    results = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*/result.json")]
    assert [result["score"] for result in results] == [100.0] * 20
    assert len({result["seed"] for result in results}) == 20


def test_what_cannot_be_read_ends_in_a_result_that_says_why(tmp_path: Path) -> None:
    """Every file has its row, its zero and its reason; none costs another one its grade, and none shows a trace."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in BAD.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    shutil.copy(FOLDER / "half_done.ipynb", folder / "half_done.ipynb")
    run = autograder("grade", folder, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    rows = {row["submission"]: row for row in csv.DictReader((tmp_path / "out" / "grades.csv").open())}
    assert rows["half_done"]["status"] == "graded" and float(rows["half_done"]["total"]) > 40
    for name in BAD:
        assert rows[name]["status"] == "unreadable" and float(rows[name]["total"]) == 0
        result = json.loads((tmp_path / "out" / name / "result.json").read_text())
        assert len(result["notes"]) == 1 and f"{name}.ipynb" in result["notes"][0]
        assert (tmp_path / "out" / name / "feedback.html").exists()
        assert f"{name}.ipynb" in run.stdout  # the reason is printed too


def test_a_version_3_notebook_is_graded(tmp_path: Path) -> None:
    """An old format is read with a note, and earns what it deserves."""
    new = json.loads((FOLDER / "half_done.ipynb").read_text())
    cells = [{"cell_type": "code", "input": cell["source"], "outputs": [], "language": "python"} for cell in new["cells"]]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells, "metadata": {}}]}
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    run = autograder("grade", tmp_path / "old.ipynb", "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    result = json.loads((tmp_path / "out" / "old" / "result.json").read_text())
    assert result["status"] == "graded" and result["score"] == 48.0
    assert any("version 3" in note for note in result["notes"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.ipynb"], "missing.ipynb: no such file or folder"),
        (["."], "no notebook (*.ipynb), script (*.py) or archive in this folder"),
        ([COMPLETE, "--config", "nowhere.yaml"], "nowhere.yaml"),
        ([COMPLETE, "--out", "/proc/nowhere"], "results cannot be written there"),
        ([str(FOLDER), "--out", str(FOLDER)], "this is what is to be graded"),
        ([], "Missing argument"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_exit_code_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    """Nothing is done, the line names what is wrong, and no trace is shown."""
    config = [] if "--config" in arguments else ["--config", str(FOLDER.parent.parent / "grading_config.yaml")]
    run = autograder("grade", *arguments, *config, cwd=tmp_path)
    assert run.returncode == 2
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "results").exists()


def test_a_second_run_keeps_what_is_current_and_fresh_grades_again(tmp_path: Path) -> None:
    """The same command goes on where it stopped; a changed submission is graded again, and `--fresh` does all of it."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("untouched_template", "half_done"):
        shutil.copy(FOLDER / f"{name}.ipynb", folder / f"{name}.ipynb")

    def seeds() -> dict[str, int]:
        return {path.parent.name: json.loads(path.read_text())["seed"] for path in out.glob("*/result.json")}

    assert autograder("grade", folder, "--out", out).returncode == 0
    first = seeds()
    shutil.copy(FOLDER / "mistake_forward_without_bias.ipynb", folder / "half_done.ipynb")
    assert autograder("grade", folder, "--out", out).returncode == 0
    second = seeds()
    assert second["untouched_template"] == first["untouched_template"] and second["half_done"] != first["half_done"]
    assert autograder("grade", folder, "--out", out, "--fresh").returncode == 0
    assert not set(seeds().values()) & set(second.values())


def test_a_result_that_is_replaced_or_left_over_is_told(tmp_path: Path) -> None:
    """Grading another class into the same folder does not change anybody's marks without a word."""
    for folder, name in (("one", "work"), ("one", "gone"), ("two", "work")):
        (tmp_path / folder).mkdir(exist_ok=True)
        shutil.copy(FOLDER / "untouched_template.ipynb", tmp_path / folder / f"{name}.ipynb")
    assert autograder("grade", tmp_path / "one", "--out", tmp_path / "out").returncode == 0
    run = autograder("grade", tmp_path / "two", "--out", tmp_path / "out", "--fresh")
    assert run.returncode == 0
    assert "replaced, though it is the result of another file: work" in run.stderr
    assert "from an earlier run: gone" in run.stderr
