"""Where student code cannot be kept from the grader, nothing is graded by accident, and what is graded all the same says so."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.reports.store import HIDDEN
from tests.commands import NOT_ROOT, Run, autograder
from tests.samples import FOLDER

WITHOUT_LANDLOCK = """
from autograder.sandbox import landlock
landlock.abi = lambda: 0
from autograder.cli import main
main()
"""
ELSEWHERE = """
import sys
sys.platform = "darwin"
from autograder.cli import main
main()
"""
pytestmark = pytest.mark.usefixtures("bundle")


def grade(script: str, out: Path, *options: str, through: tuple[str, ...] = ()) -> Run:
    """`autograder grade` of the complete sample on a machine that is as the script makes it."""
    return autograder("grade", FOLDER / "complete.ipynb", "--out", out, *options, through=through, entry=("-c", script))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a grader who is not root may write into."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    with tempfile.TemporaryDirectory(prefix="autograder-test-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_neither_a_user_nor_landlock_means_no_grading(open_folder: Path) -> None:
    """Exit code 2, what is missing and what to do about it; no result is written."""
    ended = grade(WITHOUT_LANDLOCK, open_folder / "out", through=NOT_ROOT)
    assert ended.returncode == 2 and "Traceback" not in ended.stderr, ended.stderr
    for word in ("not root", "Landlock", "--unconfined"):
        assert word in ended.stderr
    assert [path.name for path in (open_folder / "out").glob("*")] in ([], [HIDDEN])  # where the folder's lock is


def test_what_is_graded_unconfined_says_so_in_every_report(open_folder: Path) -> None:
    """On the terminal, to staff, to the student, and to Gradescope; the marks are those of a confined run."""
    out = open_folder / "out"
    ended = grade(WITHOUT_LANDLOCK, out, "--unconfined", through=NOT_ROOT)
    assert ended.returncode == 0 and "UNCONFINED" in ended.stdout, ended.stdout + ended.stderr
    for name in ("report.html", "complete/feedback.html", "complete/result.json", "complete/results.json"):
        assert "UNCONFINED" in (out / name).read_text(encoding="utf-8"), name
    assert json.loads((out / "complete" / "result.json").read_text())["score"] == 100


def test_a_confined_run_says_nothing_of_it(graded: dict[str, dict[str, object]]) -> None:
    """So that the word keeps its meaning."""
    assert "UNCONFINED" not in json.dumps(graded["complete"]["notes"])


def test_other_systems_are_told_where_grading_works(tmp_path: Path) -> None:
    """Exit code 2 and one line that names the system, also with --unconfined."""
    for options in ((), ("--unconfined",)):
        ended = grade(ELSEWHERE, tmp_path / "out", *options)
        assert ended.returncode == 2 and "darwin" in ended.stderr and "Traceback" not in ended.stderr, ended.stderr
