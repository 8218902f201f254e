"""The benchmarks say what the machine itself allows, beside what a batch reaches on it."""

from __future__ import annotations

from tests.bench.__main__ import batch_table
from tests.bench.batch import Batch, dearer
from tests.bench.machine import Baseline, baseline
from tests.bench.measure import Cost


def graded(size: int, jobs: int, wall: float, cpu: float, *, confined: bool = False) -> Batch:
    """A batch that took so long."""
    return Batch(size, jobs, Cost(wall, cpu, 900.0), confined)


BATCHES = [graded(8, 2, 12.0, 15.0), graded(64, 2, 68.0, 114.0), graded(8, 1, 18.0, 17.0), graded(64, 1, 88.4, 88.0)]
BATCHES += [graded(8, 1, 20.0, 17.0, confined=True), graded(64, 1, 104.0, 90.0, confined=True)]
ALLOWED = [Baseline("loop", 2, (1.1, 1.2, 1.3), (1.7, 1.6, 1.5)), Baseline("epoch", 2, (1.7, 1.8, 1.9), (1.2, 1.1, 1.0))]


def test_plain_processes_are_measured_alone_and_together() -> None:
    """Each turn tells how much several processes got done at once beside one of them, and at what price in core-seconds."""
    found = baseline("loop", 2, turns=3, seconds=0.1)
    assert (found.load, found.processes, len(found.throughput), len(found.dearer)) == ("loop", 2, 3, 3)
    assert all(share > 0 for share in (*found.throughput, *found.dearer))


def test_the_batch_ratio_stands_beside_that_of_the_machine() -> None:
    """A reader sees in one place how much faster a batch is on all cores, and how much faster anything can be there."""
    text = "\n".join(batch_table(BATCHES, 2, ALLOWED))
    assert "takes 1.50 s on one core and 1.00 s on 2: **1.50 times as fast on 2 cores**" in text
    assert "it takes 1.26 s: 1.26 times as fast with 2 judges, each submission at 1.30 times the core-seconds" in text
    assert "| 64 | 1, on one core | 104.0 s |" in text
    assert "2 plain processes that have nothing in common" in text
    assert "in a pure Python loop **1.20 times (1.10 to 1.30)** as much as one, each unit of work at 1.60 times" in text
    assert "in the arithmetic of an MNIST epoch in plain torch **1.80 times" in text


def test_core_seconds_are_compared_between_batches_of_one_size() -> None:
    """What a submission costs with several judges is held against the same batch with one judge."""
    assert dearer([*BATCHES, graded(128, 2, 150.0, 900.0)], 2) == 114.0 / 88.0
