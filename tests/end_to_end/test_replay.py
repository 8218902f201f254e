"""A grade can be made again from its own record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commands import autograder


@pytest.fixture
def kept(graded: dict[str, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of some results: right work, follow-through marks, a mistake, an exit."""
    for name in ("complete", "syntax_error_in_one_class", "mistake_step_uphill", "os_exit"):
        shutil.copytree(graded[""]["out"] / name, tmp_path / name)
    return tmp_path


def _tamper(folder: Path, **changes: Any) -> None:
    path = folder / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_replay_gives_the_same_marks_and_writes_nothing(kept: Path) -> None:
    """To the hundredth, for each test case of each submission."""
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    run = autograder("grade", "--replay", kept)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("the same marks") == 4 and "other ground" not in run.stderr
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def test_a_mark_that_was_tampered_with_is_found(kept: Path) -> None:
    """Exit code 1, with the mark that stands there and the one that is due."""
    _tamper(kept / "complete", score=12.5)
    run = autograder("grade", "--replay", kept / "complete")
    assert run.returncode == 1 and "total: 12.5, now 100" in run.stdout


def test_a_replay_on_other_ground_says_so(kept: Path) -> None:
    """Another version of what judges, or other tests: the marks may then differ, and the reason is named."""
    versions = json.loads((kept / "complete" / "result.json").read_text())["versions"]
    _tamper(kept / "complete", bundle="other", versions=versions | {"torch": "1.0"})
    run = autograder("grade", "--replay", kept / "complete")
    assert run.returncode == 0 and "torch 1.0, now" in run.stderr


@pytest.mark.parametrize(("changes", "said"), [({"source": "nowhere.ipynb"}, "not there"), ({"digest": "0" * 64}, "has changed")])
def test_what_is_not_there_as_it_was_cannot_be_replayed(kept: Path, changes: dict[str, str], said: str) -> None:
    """One line with its name; exit code 2."""
    _tamper(kept / "complete", **changes)
    run = autograder("grade", "--replay", kept / "complete")
    assert run.returncode == 2 and said in run.stderr and "Traceback" not in run.stderr


def test_a_record_says_what_it_was_judged_by(graded: dict[str, dict[str, Any]]) -> None:
    """Seed, versions, tolerances and the digest of the submission."""
    result = graded["complete"]
    assert result["seed"] and result["digest"] and result["versions"]["torch"]
    assert result["tolerances"]["float32"] == [1e-4, 1e-5]
