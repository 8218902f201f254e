"""A cluster gives what this machine gives, whatever happens to its workers; real schedulers and workers, each a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from autograder.cluster.client import connected
from autograder.config_file import read_config
from autograder.grading.launch import load_grader
from autograder.submissions import find_submissions
from tests.cluster.machines import Machines, copy_of_the_package, graders_of, machines, until
from tests.commands import autograder
from tests.samples import FOLDER, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bundle")]
MARKS = {"complete": 100, "half_done": 48, "mistake_relu_passes_every_gradient": 95, "untouched_template": 0}
PATHS = tuple(FOLDER / f"{name}.ipynb" for name in MARKS)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler, and no workers yet."""
    (tmp_path / "cluster").mkdir()
    with machines(tmp_path / "cluster") as made:
        yield made


def test_an_interrupted_run_goes_on_and_its_marks_are_those_of_this_machine(cluster: Machines, tmp_path: Path) -> None:
    """On a worker that lacks MNIST and is sent it. Being ended keeps what is done, leaves nothing behind on the worker, and the
    same command goes on; then this machine, with the same seeds, gives each test case of each submission the same points.
    """
    worker, out = cluster.worker(copy_of_the_package(tmp_path / "package", data=False)), tmp_path / "results"
    command = ["grade", *map(str, PATHS), "--out", str(out), "--scheduler", cluster.address]
    running = subprocess.Popen(
        [sys.executable, "-m", "autograder", *command], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    until(lambda: any(out.glob("*/result.json")))
    running.terminate()
    said = running.communicate()[1]
    assert running.returncode == 130 and "the same command goes on" in said, said
    until(lambda: not graders_of(worker))
    done = len(list(out.glob("*/result.json")))
    assert 0 < done < len(PATHS)

    again = autograder(*command)
    assert again.returncode == 0 and f"{done} of {len(PATHS)} results are current" in again.stderr, again.stdout + again.stderr
    until(lambda: not graders_of(worker))

    here = autograder("grade", "--replay", out)
    assert here.returncode == 0, here.stdout + here.stderr
    assert {line.partition(": the same marks, ")[::2] for line in here.stdout.splitlines()} == {
        (name, str(points)) for name, points in MARKS.items()
    }


def test_what_a_killed_worker_had_is_graded_by_another(cluster: Machines) -> None:
    """The worker is killed with a submission under way, and its grader ends with it. Each submission has one result, its own."""
    first, said = cluster.worker(), list[str]()
    grader = load_grader(read_config(ROOT / "grading_config.yaml"))
    begun, results, left = Counter[str](), list[tuple[str, float]](), list[psutil.Process]()
    with connected(cluster.address, say=said.append) as connection:
        for step in connection.grade_batch(grader, find_submissions(PATHS), seed=7):
            if step.result is not None:
                results.append((step.result.name, step.result.score))
                continue
            begun[step.found.name] += 1
            if not left:
                left = graders_of(first)
                cluster.worker()
                os.kill(first.pid, signal.SIGKILL)
    assert sorted(results) == sorted(MARKS.items())
    assert begun.total() == len(MARKS) + 1 and not [line for line in said if "left out" in line]
    assert left
    until(lambda: not any(process.is_running() for process in left))


def test_a_worker_of_another_version_grades_nothing(cluster: Machines, tmp_path: Path) -> None:
    """The line names the worker and both versions, and without any other worker that is the end: exit code 2."""
    cluster.worker(copy_of_the_package(tmp_path / "package", version="0.0.7"))
    run = autograder("grade", *PATHS, "--out", tmp_path / "results", "--scheduler", cluster.address)
    assert run.returncode == 2, run.stdout + run.stderr
    assert "worker tcp://127.0.0.1:" in run.stderr and "autograder 0.0.7 where this machine has 0.1.0" in run.stderr
    assert not list((tmp_path / "results").glob("*/result.json"))


def test_an_address_where_nobody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 after the time that dask is configured to try for, and a line that names the address."""
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    run = autograder("grade", *PATHS, "--out", tmp_path, "--scheduler", "tcp://127.0.0.1:1")
    assert run.returncode == 2 and "tcp://127.0.0.1:1: no dask scheduler can be reached there" in run.stderr, run.stderr
    assert not list(tmp_path.iterdir())
    assert "Traceback" not in run.stderr


def test_without_distributed_it_says_what_to_install(tmp_path: Path) -> None:
    """The package works without it, until a cluster is asked for."""
    lacking = "import sys; sys.modules['distributed'] = None; from autograder.cli import main; main()"
    run = autograder("grade", *PATHS, "--out", tmp_path, "--scheduler", "tcp://127.0.0.1:1", entry=("-c", lacking))
    assert run.returncode == 2 and "pip install 'autograder[cluster]'" in run.stderr, run.stderr
