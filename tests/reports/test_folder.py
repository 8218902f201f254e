"""A folder of results: one process at a time, nothing half written, and what need not be done again is not."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.reports import read_result, write_reports, write_submission
from autograder.reports import store as store_module
from autograder.reports.condensed import case_times, remarks
from autograder.reports.findings import mistake_names
from autograder.reports.folder import ResultsFolder, open_results
from autograder.reports.store import HIDDEN
from autograder.results import CellResult, Outcome, Status, SubmissionResult
from tests.reports import factory
from tests.samples import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from autograder.reports.condensed import case_times, remarks
from autograder.reports.findings import mistake_names
from autograder.reports.folder import open_results
from tests.reports import factory
with open_results(Path(sys.argv[1]), factory.config()) as folder:
    folder.write(factory.submission("ada"))
    print("held", flush=True)
    time.sleep(60)
"""


def _names(folder: ResultsFolder) -> list[str]:
    return [result.name for result in folder.results()]


def _holder(out: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(out)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_two_commands_cannot_write_to_one_folder(tmp_path: Path) -> None:
    """The second is told who is there and does nothing; once the first is gone, however it ended, the folder is free."""
    holder = _holder(tmp_path)
    try:
        with pytest.raises(UsageError, match=rf"process {holder.pid} on .* is writing there"), open_results(
            tmp_path, factory.config()
        ):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    with open_results(tmp_path, factory.config()) as folder:
        assert _names(folder) == ["ada"]


def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    """Temporary files beside results and in their folders go; files of other names stay."""
    write_submission(factory.submission("ada"), tmp_path, factory.config())
    leftovers = [tmp_path / ".0123456789abcdef.tmp", tmp_path / "ada" / ".fedcba9876543210.tmp"]
    others = [tmp_path / "ada" / ".note.tmp", tmp_path / ".0123.tmp"]
    for path in (*leftovers, *others):
        path.write_bytes(b"{")
    with open_results(tmp_path, factory.config()):
        pass
    assert [path.exists() for path in (*leftovers, *others)] == [False, False, True, True]


def test_what_the_index_holds_is_what_reading_all_results_gives(tmp_path: Path) -> None:
    """Reports are the same bytes from the index as without it, and from one of which lines are torn, changed or missing."""
    for result in factory.classroom():
        write_submission(result, tmp_path, factory.config())

    def reports() -> tuple[bytes, bytes]:
        write_reports(tmp_path, factory.config())
        return (tmp_path / "grades.csv").read_bytes(), (tmp_path / "report.html").read_bytes()

    first = reports()
    assert reports() == first
    (index,) = (tmp_path / HIDDEN).glob("index*")
    whole = index.read_bytes()
    half = len(whole) // 2
    changed = whole[:half] + b"?" + whole[half + 1 :]
    for damaged in (whole[:half], changed, whole.replace(b"100.0", b"999.0"), b"\0\xff\n", whole[half:]):
        index.write_bytes(damaged)
        assert reports() == first
    index.unlink()
    assert reports() == first


def test_a_result_that_was_changed_by_hand_counts(tmp_path: Path) -> None:
    """The index never stands against `result.json`: another total is in the gradebook and on that page, and on no other."""
    with open_results(tmp_path, factory.config()) as folder:
        for name in ("ada", "bob"):
            folder.write(factory.submission(name))
    path = tmp_path / "ada" / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"score": 42.5}))
    with open_results(tmp_path, factory.config()) as folder:
        assert [result.score for result in folder.results()] == [42.5, 100.0]
    assert write_reports(tmp_path, factory.config()).renewed == ("ada",)
    assert "ada,graded,42.50" in (tmp_path / "grades.csv").read_text()
    assert "42.5" in (tmp_path / "ada" / "feedback.html").read_text()


def test_pages_are_made_again_when_what_they_are_made_of_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Current pages are left alone; a lost, cut or edited page, another configuration, or `fresh` have them made again."""
    config = factory.config()
    with open_results(tmp_path, config) as folder:
        for name in ("ada", "bob"):
            folder.write(factory.submission(name))
    page = tmp_path / "ada" / "feedback.html"
    good = page.read_bytes()
    assert write_reports(tmp_path, config).renewed == ()
    for change in (lambda: page.unlink(), lambda: page.write_bytes(b""), lambda: page.write_bytes(good[::-1])):
        change()
        assert write_reports(tmp_path, config).renewed == ("ada",)
        assert page.read_bytes() == good
    assert write_reports(tmp_path, config, fresh=True).renewed == ("ada", "bob")
    assert write_reports(tmp_path, factory.config(hints="none")).renewed == ("ada", "bob")
    assert write_reports(tmp_path, factory.config(hints="none")).renewed == ()


def test_overviews_need_no_result_file_that_the_index_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once noted, a result is not read again: that is what keeps reports of a hundred thousand fast."""
    with open_results(tmp_path, factory.config()) as folder:
        for result in factory.classroom():
            folder.write(result)
    read: list[Path] = []
    monkeypatch.setattr("autograder.reports.folder.read_result", lambda path, name=None: read.append(path))
    write_reports(tmp_path, factory.config())
    assert read == []


def test_condensed_results_keep_what_staff_must_see(tmp_path: Path) -> None:
    """An errored test keeps its trace, its message and its metrics; what cells printed and what students read is dropped."""
    traced = factory.question("linear", (factory.case(Outcome.ERRORED, name="t", metrics={"accuracy": 3.0}),))
    with open_results(tmp_path, factory.config()) as folder:
        folder.write(factory.submission("eve", (traced, *factory.perfect()[1:])))
        folder.write(factory.submission("ada", factory.partial()))
        ada, eve = folder.results()
    assert (eve.status, eve.questions[0].tests[0].detail) == (Status.ERRORED, traced.tests[0].detail)
    assert eve.questions[0].tests[0].metrics == {"accuracy": 3.0}
    assert ada.cells == () and {test.message for question in ada.questions for test in question.tests} == {""}
    assert len(ada.questions[0].violations) == 1


def test_condensed_results_keep_what_the_class_report_counts(tmp_path: Path) -> None:
    """Hints with the mistake that they are from, notes on submission and cells, and each test's seconds to half a per mille."""
    text = factory.diagnosis("bias_not_summed")
    failed = factory.case(Outcome.FAILED, hint="Sum it.", detail=text, seconds=1.2345)
    cells = (CellResult(number=3, status="ok", seconds=0.1, notes=("Code cell 3 was mended.",)),)
    question = factory.question("linear", (failed, factory.case(seconds=0.0)))
    whole = factory.submission("ada", (question,), cells=cells, notes=("As it is.",))
    with open_results(tmp_path, factory.config()) as folder:
        folder.write(whole)
    with open_results(tmp_path, factory.config()) as folder:
        (ada,) = folder.results()
    assert (ada.questions[0].tests[0].hint, mistake_names(ada)) == ("Sum it.", ("bias_not_summed",))
    assert remarks(ada) == remarks(whole) == ("As it is.", "Code cell 3 was mended.")
    seconds = struct.unpack("<2e", case_times(ada))
    assert seconds == pytest.approx((1.2345, 0.0), rel=1 / 2048)


def test_equal_questions_of_many_results_are_one_object(tmp_path: Path) -> None:
    """So that a hundred thousand results fit into memory."""
    with open_results(tmp_path, factory.config()) as folder:
        for name in ("ada", "bob"):
            folder.write(factory.submission(name))
    with open_results(tmp_path, factory.config()) as folder:
        ada, bob = folder.results()
    assert ada.questions[0] is bob.questions[0]


def test_a_result_that_waits_is_in_no_report(tmp_path: Path) -> None:
    """Until it is published, the old result stands everywhere; then the new one does."""
    with open_results(tmp_path, factory.config()) as folder:
        folder.write(factory.submission("ada"))
        folder.stage(factory.submission("ada", score=50.0))
        assert [result.score for result in folder.results()] == [100.0]
        assert [result.score for result in folder.staged()] == [50.0]
        assert folder.publish(frozenset({"ada"})) == 1
        assert [result.score for result in folder.results()] == [50.0] and list(folder.staged()) == []
    assert read_result(tmp_path / "ada" / "result.json").score == 50.0


def test_a_publication_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power failure between two results does not leave half of a class with old marks: whoever opens the folder goes on."""
    with open_results(tmp_path, factory.config()) as folder:
        for name in ("ada", "bob", "cyd"):
            folder.write(factory.submission(name))
            folder.stage(factory.submission(name, score=50.0))
        written = 0
        write = folder.write

        def fails_at_the_second(result: SubmissionResult) -> None:
            nonlocal written
            written += 1
            if written == 2:
                raise KeyboardInterrupt
            write(result)

        monkeypatch.setattr(folder, "write", fails_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            folder.publish(frozenset({"ada", "bob"}))
    with open_results(tmp_path, factory.config()) as folder:
        assert {result.name: result.score for result in folder.results()} == {"ada": 50.0, "bob": 50.0, "cyd": 100.0}
        assert [result.name for result in folder.staged()] == ["cyd"]


def test_a_result_is_on_the_disk_before_its_write_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power failures: the new content is forced before it takes the old one's place, and the names afterwards."""
    done: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name))
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        done.append(f"{target.name} is there")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    write_submission(factory.submission("ada"), tmp_path, factory.config())
    where = done.index("result.json is there")
    assert done[0] == tmp_path.name  # that the new folder is there
    assert done[where - 1].endswith(".tmp") and done[where + 1 :] == ["ada"]


def test_no_submission_takes_the_name_of_what_is_about_the_class() -> None:
    """Nobody's results replace the folder that holds the index, or the list of changes."""
    for name in (HIDDEN, "changes.csv"):
        assert name in store_module.RESERVED
