"""The bundle, built and run as the platform does it, with nothing but its own files."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.rehearsal import Rehearsal, Tier
from autograder.rehearsal.rehearse import TOLD, rehearse_on
from autograder.rehearsal.stage import Stage, stage
from autograder.rehearsal.table import lines
from tests.reports.schema import read
from tests.samples import FOLDER, ROOT

BUNDLE = ROOT / "dist" / "neural-networks-bundle.zip"
ROOMY = Tier(2, 6144)
"""Where the packages may be builds for graphics cards, which need more memory than the platform's."""


@pytest.fixture(scope="module")
def rehearsed(bundle: None) -> Iterator[tuple[Stage, Rehearsal]]:
    """The bundle's image, as it is after a rehearsal, and what was found."""
    with stage(BUNDLE) as made:
        yield made, rehearse_on(made, BUNDLE, [], tiers=[ROOMY], say=lambda step: None)


def _results(made: Stage) -> dict[str, Any]:
    return read(made.at("results/results.json").read_bytes())


def _run(made: Stage, submission: str, **told: object) -> dict[str, Any]:
    made.fresh((FOLDER / f"{submission}.ipynb").read_bytes(), {**TOLD, **told})
    ran = made.run(made.inside("/autograder/run_autograder"), seconds=300)
    assert ran.code == 0, ran.printed
    return _results(made)


def test_a_rehearsal_tells_what_the_bundle_takes(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """Built without network from its own wheel, it grades a complete submission in full, twice alike; what it takes is told."""
    made, found = rehearsed
    (trial,) = found.trials
    told = "\n".join(lines(found))
    assert found.well and found.safe == ROOMY and trial.again is True, told
    assert trial.results is not None and trial.results.score == 100
    assert 100 < trial.ran.memory.total < 0.8 * ROOMY.mib and trial.ran.memory.processes > 3
    assert "cheapest safe tier: 2 CPU, 6 GB" in told and "packages: not fetched" in told and "100 points" in told
    assert all(command in told for command in made.commands) and len(made.commands) == 3


def test_what_is_a_secret_is_for_root_alone(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """Tests, results, the submission and what the platform tells of earlier ones may be read by nobody else."""
    made, _ = rehearsed
    for name in ("source", "source/manifest.json", "results", "results/results.json", "submission", "submission_metadata.json"):
        assert made.at(name).stat().st_mode & 0o077 == 0, name


def test_a_submission_is_graded_from_the_bundle_alone(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """The score of the platform is that of the command line; public cases are visible, hidden ones only when they may be."""
    made, _ = rehearsed
    user = {"id": 7, "name": "Ada", "email": "ada@example.edu"}
    results = _run(made, "mistake_relu_passes_every_gradient", created_at="2024-02-01T12:34:56-08:00", users=[user])
    assert results["score"] == 95.0
    assert {test["visibility"] for test in results["tests"]} == {"visible", "after_published"}
    result = json.loads(made.at("results/result.json").read_text())
    assert result["status"] == "graded" and result["submitted_at"].startswith("2024-02-01")
    assert result["students"] == [{"name": "Ada", "sid": "", "email": "ada@example.edu"}]


def test_killed_at_any_moment_there_are_valid_results(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """As soon as anything is there, it is whole: the first words, what was judged so far, or everything."""
    made, _ = rehearsed
    seen: list[tuple[str, float]] = []

    def changed(before: tuple[int, ...]) -> Callable[[], bool]:
        return lambda: _identity(made) not in (before, ())

    moments: list[Callable[[], bool]] = [changed(()), lambda: bool(_so_far(made)), lambda: len(_so_far(made)) > 20]
    for reached in moments:
        made.fresh((FOLDER / "complete.ipynb").read_bytes(), TOLD)
        with made.started(made.inside("/autograder/run_autograder")) as running:
            give_up = time.monotonic() + 120
            while not reached():
                assert time.monotonic() < give_up and running.process.poll() is None
                time.sleep(0.005)
            running.end()
        document = _results(made)
        seen.append((document["extra_data"]["status"], document["score"]))
        assert not list(made.at("results").glob("result.json"))
    assert [status for status, _ in seen] == ["not begun", "unfinished", "unfinished"]
    assert 0 < seen[1][1] < seen[2][1] < 100


def _identity(made: Stage) -> tuple[int, ...]:
    with contextlib.suppress(OSError):
        state = made.at("results/results.json").stat()
        return state.st_ino, state.st_mtime_ns
    return ()


def _so_far(made: Stage) -> list[str]:
    """Names of the tests that earned something until now."""
    with contextlib.suppress(OSError):
        return [test["name"] for test in _results(made).get("tests", []) if test.get("score")]
    return []


@contextlib.contextmanager
def _limited(made: Stage, **limits: int) -> Iterator[None]:
    """The bundle with limits on resubmission."""
    config = made.at("source/grading_config.yaml")
    before = config.read_text()
    changed = before
    for key, value in limits.items():
        changed = changed.replace(f"  {key}: 0 ", f"  {key}: {value} ")
    config.write_text(changed)
    try:
        yield
    finally:
        config.write_text(before)


EARLIER = {"submission_time": "2026-03-01T11:00:00+00:00", "score": "42.5", "autograder_error": False}


def test_one_submission_too_many_is_not_run_and_costs_nothing(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """It shows the marks of the one before, and when the next is graded."""
    made, _ = rehearsed
    with _limited(made, rate_submissions=1):
        results = _run(made, "complete", previous_submissions=[EARLIER])
    assert results["score"] == 42.5 and "2026-03-02 11:00" in results["output"]
    assert not made.at("results/result.json").exists()


def test_a_submission_without_a_notebook_has_a_result_that_says_so(rehearsed: tuple[Stage, Rehearsal]) -> None:
    """The platform always finds a results.json, and the student a reason; behind the limit on feedback, that there is one."""
    made, _ = rehearsed
    made.fresh(b"", {**TOLD, "previous_submissions": [EARLIER]})
    made.at("submission/notebook.ipynb").rename(made.at("submission/essay.txt"))
    with _limited(made, explained_submissions=1):
        assert made.run(made.inside("/autograder/run_autograder"), seconds=300).code == 0
    results = _results(made)
    assert results["score"] == 0.0 and "notebook" in results["output"]
    assert "Only verdicts and points" in [test["name"] for test in results["tests"]]


def test_without_its_environment_there_are_still_valid_results(rehearsed: tuple[Stage, Rehearsal], tmp_path: Path) -> None:
    """Whatever is wrong with the image, the platform finds results that say that these are no marks."""
    made, _ = rehearsed
    for name in ("source", "submission"):
        (tmp_path / name).mkdir()
    surroundings = {"PATH": "/usr/bin:/bin", "AUTOGRADER_ROOT": str(tmp_path), "AUTOGRADER_ENV": str(tmp_path / "none")}
    ended = subprocess.run(["/bin/bash", made.at("run_autograder")], env=surroundings, capture_output=True, check=False)
    assert ended.returncode != 0
    document = read((tmp_path / "results" / "results.json").read_bytes())
    assert document["score"] == 0 and "not your marks" in document["output"] and document["stdout_visibility"] == "hidden"


def test_the_bundle_holds_the_grader_as_a_wheel(bundle: None) -> None:
    """Its record is right to the byte, it says what it needs at which versions, and torch is the build for processors."""
    with zipfile.ZipFile(BUNDLE) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".whl")]
        wheel = zipfile.ZipFile(io.BytesIO(archive.read(name)))
        needs = archive.read("requirements.txt").decode().splitlines()
        setup = archive.read("setup.sh").decode()
    record = {
        line.split(",")[0]: line.split(",")[1:] for line in wheel.read("autograder-0.1.0.dist-info/RECORD").decode().splitlines()
    }
    assert set(record) == set(wheel.namelist()) and "autograder/data/train-images-idx3-ubyte.gz" in record
    for path, (digest, size) in record.items():
        content = wheel.read(path)
        if not path.endswith("/RECORD"):
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={found}", str(len(content))), path
    said = wheel.read("autograder-0.1.0.dist-info/METADATA").decode()
    assert all(f"Requires-Dist: {need}\n" in said for need in needs)
    assert {"torch", "sympy", "typing-extensions"} <= {need.partition("==")[0] for need in needs}
    assert not any("+" in need or need.startswith(("nvidia", "triton")) for need in needs)
    assert "download.pytorch.org/whl/cpu" in setup and "update-alternatives" not in setup
