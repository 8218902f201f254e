"""How submissions are given to workers, with a cluster that does as it is told: what no real one can be made to do on time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from autograder.assignment import Assignment
from autograder.cluster import worker as functions
from autograder.cluster.kit import Kit, Prepared
from autograder.cluster.run import LOSSES, Run
from autograder.errors import ClusterError, ClusterUnavailable, GraderLost
from autograder.grading.grade import Grader
from autograder.results import Status, SubmissionResult
from autograder.submissions import Found
from tests.reports.factory import config

KIT = Kit(
    run="r", config=b"", manifest=b"", key="", versions={}, files="", data="", submissions=1, unconfined=False, seconds=1
)


class Asked(Future[bytes]):
    """As much of dask's future as is used."""

    def release(self) -> None:
        """Nothing to do."""


class Client:
    """As much of dask's client as is used; `grade` is what its workers do with a seed."""

    def __init__(self, grade: Callable[[int], bytes], lanes: int = 1, prepared: Prepared | None = None) -> None:
        self.status, self.asked, self.cancelled, self.dismissed = "running", list[int](), 0, list[str]()
        self._grade, self._lanes, self._prepared = grade, lanes, prepared or Prepared()

    def nthreads(self) -> dict[str, int]:
        """Two workers."""
        return {"one": self._lanes, "two": self._lanes}

    def submit(self, function: Any, *arguments: Any, **options: Any) -> Asked:
        """Done at once, unless grading raises NotImplementedError: then never."""
        future = Asked()
        try:
            if function is functions.prepare:
                future.set_result(msgspec.msgpack.encode(self._prepared))
            else:
                self.asked.append(arguments[2])
                future.set_result(self._grade(arguments[2]))
        except NotImplementedError:
            pass
        except Exception as error:
            future.set_exception(error)
        return future

    def cancel(self, futures: Sequence[Asked], force: bool) -> None:
        """Counted."""
        self.cancelled += len(futures)

    def run(self, function: Any, run: str, *, workers: list[str], on_error: str) -> None:
        """Who is told that the run is over."""
        assert function is functions.dismiss
        self.dismissed += workers


def _run(client: Client, tmp_path: Path, number: int = 4, jobs: int = 0, said: list[str] | None = None) -> Run:
    found = []
    for index in range(number):
        (tmp_path / f"{index}.ipynb").write_bytes(b"{}")
        found.append(Found(f"s{index}", str(tmp_path / f"{index}.ipynb")))
    empty = Assignment(
        name="", title="", questions=(), outline=(), complete=(), template=(), solution_digest="", versions={}
    )
    grader = Grader(empty, config(), (), {}, "key")
    say = said.append if said is not None else print
    return Run(client, "tcp://there", say, jobs, grader, KIT, found, {one.name: index for index, one in enumerate(found)})


def _result(seed: int) -> bytes:
    return msgspec.json.encode(
        SubmissionResult(name="1", source="/there", status=Status.GRADED, score=seed, max_score=9, questions=(), seed=seed)
    )


def test_a_submission_that_keeps_losing_its_worker_ends_as_errored(tmp_path: Path) -> None:
    """It is given once more than it may be lost, each time with the same seed, and costs no other submission its result."""

    def grade(seed: int) -> bytes:
        if seed == 2:
            raise GraderLost("the grader ended")
        return _result(seed)

    client = Client(grade)
    results = [step.result for step in _run(client, tmp_path).steps() if step.result]
    assert {result.name: result.status for result in results} == {
        "s0": Status.GRADED, "s1": Status.GRADED, "s2": Status.ERRORED, "s3": Status.GRADED
    }  # fmt: skip
    assert len(results) == 4 and client.asked.count(2) == LOSSES + 1
    (lost,) = (result for result in results if result.name == "s2")
    assert lost.notes[0].startswith("This submission lost its worker 4 times") and "the grader ended" in lost.notes[0]


def test_a_result_is_about_the_submission_as_it_is_called_here(tmp_path: Path) -> None:
    """Name and source are this machine's, whatever the worker called them."""
    results = [step.result for step in _run(Client(_result), tmp_path, number=1).steps() if step.result]
    assert [(result.name, result.source, result.score) for result in results] == [("s0", str(tmp_path / "0.ipynb"), 0)]


@pytest.mark.parametrize(("lanes", "jobs", "under_way"), [(1, 0, 2), (3, 0, 6), (3, 2, 2)])
def test_no_more_are_under_way_than_there_are_threads(lanes: int, jobs: int, under_way: int, tmp_path: Path) -> None:
    """However many wait here: two workers, each with so many threads, or as many as `-j` says. Ending cancels them."""

    def never(seed: int) -> bytes:
        raise NotImplementedError

    client = Client(never, lanes)
    run = _run(client, tmp_path, number=20, jobs=jobs)
    steps = run.steps()
    for _ in range(under_way):
        next(steps)
    client.status = "closed"  # there is no next: it would wait
    with pytest.raises(ClusterError, match="connection to the scheduler was lost"):
        next(steps)
    assert len(client.asked) == under_way
    client.status = "running"
    run.end()
    assert client.cancelled == under_way and client.dismissed == ["one", "two"]


def test_workers_that_may_not_grade_are_named_and_left_alone(tmp_path: Path) -> None:
    """Each with its reason; with no other left, the run ends."""
    said: list[str] = []
    client = Client(_result, prepared=Prepared(refused="it has torch 1"))
    with pytest.raises(ClusterUnavailable, match="none of its workers can grade"):
        list(_run(client, tmp_path, said=said).steps())
    assert said == ["worker one is left out: it has torch 1", "worker two is left out: it has torch 1"] and not client.asked
