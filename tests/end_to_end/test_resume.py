"""However a run ends, the same command goes on from there; and no mark changes without having been shown."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.bundles import unpack_settings
from tests.commands import autograder
from tests.samples import FOLDER, ROOT

pytestmark = pytest.mark.usefixtures("bundle")


def _submissions(folder: Path, *names: str, copies: int = 1) -> Path:
    folder.mkdir()
    for name in names:
        for number in range(copies):
            shutil.copy(FOLDER / f"{name}.ipynb", folder / f"{name}{number if copies > 1 else ''}.ipynb")
    return folder


def _results(out: Path) -> dict[str, dict[str, Any]]:
    return {path.parent.name: json.loads(path.read_text()) for path in out.glob("*/result.json")}


def _stopped(folder: Path, out: Path, results: int, how: signal.Signals) -> tuple[int, str]:
    """Start grading, send the signal once there are so many results, and return the exit code and what was said."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(out), "-j", "2"]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while len(list(out.glob("*/result.json"))) < results and run.poll() is None:
        time.sleep(0.01)
    os.kill(run.pid, how)
    _, said = run.communicate(timeout=60)
    return run.returncode, said


def test_a_run_that_was_ended_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Terminated, killed, then left alone: what was graded stays, each submission has one grading, nothing is left over."""
    folder, out = _submissions(tmp_path / "in", "untouched_template", "half_done", copies=4), tmp_path / "out"
    code, said = _stopped(folder, out, 2, signal.SIGTERM)
    assert code == 130 and "the same command goes on from there" in said and "Traceback" not in said
    first = _results(out)
    assert 2 <= len(first) < 8
    code, _ = _stopped(folder, out, len(first) + 2, signal.SIGKILL)
    assert code == -signal.SIGKILL
    second = _results(out)
    assert len(second) >= len(first) + 2 and second.items() >= first.items()
    run = autograder("grade", folder, "--out", out)
    assert run.returncode == 0, run.stderr
    assert f"{len(second)} of 8 results are current" in run.stderr or len(second) == 8
    last = _results(out)
    assert len(last) == 8 and last.items() >= second.items()
    assert {result["score"] for name, result in last.items() if name.startswith("half")} == {48.0}
    assert len(list(csv.DictReader((out / "grades.csv").open()))) == 8
    assert not list(out.rglob("*.tmp"))


def test_a_run_that_is_ended_while_it_writes_a_result_ends(tmp_path: Path) -> None:
    """A signal in the middle of a write waits until it is whole, then ends the run, whatever the other judge is doing."""
    folder, out = _submissions(tmp_path / "in", "half_done", copies=4), tmp_path / "out"
    code = """if True:
        import os, signal
        from autograder.cli import main
        from autograder.reports.folder import ResultsFolder
        write = ResultsFolder.write
        def interrupted(*whole):
            os.kill(os.getpid(), signal.SIGTERM)
            write(*whole)
        ResultsFolder.write = interrupted
        main()
    """
    command = [sys.executable, "-c", code, "grade", str(folder), "--out", str(out), "-j", "2"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 130 and "interrupted after 1 of 4" in run.stderr and "Traceback" not in run.stderr
    assert len(_results(out)) == 1


def test_a_sandbox_closes_although_judges_are_at_work(tmp_path: Path) -> None:
    """Who stops in the middle of a batch, and still holds on to it, gets out of the sandbox all the same."""
    folder = _submissions(tmp_path / "in", "half_done", copies=4)
    code = f"""if True:
        from pathlib import Path
        from autograder.config_file import read_config
        from autograder.grading.launch import load_grader, sandbox_for
        config = read_config(Path("grading_config.yaml"))
        with sandbox_for(config, 2, submissions=4) as sandbox:
            from autograder.grading.batch import grade_batch
            from autograder.submissions import discover
            steps = grade_batch(load_grader(config), sandbox, discover([Path({str(folder)!r})], "auto").found)
            while next(steps).result is None:
                pass
        print("closed")
    """
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0 and run.stdout == "closed\n", run.stderr


def test_a_folder_in_which_a_run_is_at_work_is_refused(tmp_path: Path) -> None:
    """The second command names the process that is there, leaves its results alone and ends with exit code 2."""
    folder, out = _submissions(tmp_path / "in", "untouched_template", copies=3), tmp_path / "out"
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(out), "-j", "1"]
    first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while not list(out.glob("*/result.json")) and first.poll() is None:
            time.sleep(0.01)
        for second in (("grade", folder, "--out", out), ("report", out)):
            run = autograder(*second)
            assert run.returncode == 2 and f"process {first.pid} " in run.stderr and "is writing there" in run.stderr
    finally:
        first.communicate(timeout=300)
    assert first.returncode == 0 and len(_results(out)) == 3


def test_a_regrade_shows_what_changes_before_anything_is_published(tmp_path: Path) -> None:
    """With another configuration: whose marks, which test case, old and new; nothing is touched until it is wanted so.

    The marks that wait are not graded again, and those that do not change are published with them.
    """
    folder, out = _submissions(tmp_path / "in", "complete", "syntax_error_in_one_class"), tmp_path / "out"
    config = unpack_settings(ROOT / "dist" / "neural-networks-bundle.zip", tmp_path)
    call = ("grade", folder, "--out", out, "--config", config)
    assert autograder(*call).returncode == 0
    text = config.read_text()
    assert "follow_through: 0.5" in text
    config.write_text(text.replace("follow_through: 0.5", "follow_through: 0.0"))

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and ".autograder" not in path.parts}

    before, old = files(), _results(out)
    run = autograder(*call)
    assert run.returncode == 1 and "nothing was published" in run.stderr and "--yes" in run.stderr
    row = next(line for line in run.stdout.splitlines() if "torchnet_use/" in line)
    assert row.split()[0] == "syntax_error_in_one_class" and "marks change in 1" in run.stdout
    after = files()
    rows = list(csv.DictReader((out / "changes.csv").open()))
    assert after.pop(out / "changes.csv") and after == before
    assert {row["submission"] for row in rows} == {"syntax_error_in_one_class"}
    assert all(float(row["old"]) > float(row["new"]) for row in rows)
    run = autograder(*call, "--yes")
    assert run.returncode == 0 and "2 of 2 were graded again by an earlier run" in run.stderr and "torchnet_use/" in run.stdout
    new = _results(out)
    name = "syntax_error_in_one_class"
    assert new["complete"]["score"] == 100 and new[name]["score"] < old[name]["score"]
    assert {result["bundle"] for result in new.values()}.isdisjoint(result["bundle"] for result in old.values())
    total = next(row for row in rows if row["question"] == "total")
    grades = {row["submission"]: row["total"] for row in csv.DictReader((out / "grades.csv").open())}
    assert grades[name] == total["new"]
    run = autograder(*call)
    assert run.returncode == 0 and "2 of 2 results are current" in run.stderr
