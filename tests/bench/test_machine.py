"""The benchmarks say what the machine itself allows, beside what a batch reaches on it."""

from __future__ import annotations

import math
import sys
import time

from tests.bench.__main__ import cores_text
from tests.bench.batch import Marginal
from tests.bench.machine import Baseline, baseline
from tests.bench.measure import SELDOM, run

TURNS = (
    Marginal("on one core", (1.5, 1.4, 1.8), (1.5, 1.4, 1.8)),
    Marginal("one judge that has all cores", (1.26, 1.2, 1.3), (1.3, 1.2, 1.3)),
    Marginal("on 2 cores", (1.0, 1.0, 1.0), (1.6, 1.6, 1.6)),
)
ALLOWED = [Baseline("loop", 2, (1.1, 1.2, 1.3), (1.7, 1.6, 1.5)), Baseline("epoch", 2, (1.7, 1.8, 1.9), (1.2, 1.1, 1.0))]


def test_plain_processes_are_measured_alone_and_together() -> None:
    """Each turn tells how much several processes got done at once beside one of them, and at what price in core-seconds."""
    found = baseline("loop", 2, turns=3, seconds=0.1)
    assert (found.load, found.processes, len(found.throughput), len(found.dearer)) == ("loop", 2, 3, 3)
    assert all(share > 0 for share in (*found.throughput, *found.dearer))


def test_the_batch_ratio_stands_beside_that_of_the_machine() -> None:
    """A reader sees in one place how much faster a batch is on all cores, and how much faster anything can be there."""
    text = "\n".join(cores_text(TURNS, ALLOWED))
    assert "| on one core | 1.50 s (1.40 to 1.80) | 1.50 core-s (1.40 to 1.80) |" in text
    assert "So it goes **1.50 times (1.40 to 1.80)** as fast on 2 cores as on one" in text
    assert "1.26 times (1.20 to 1.30) as fast as with one judge that has all cores" in text
    assert "2 plain processes that have nothing in common" in text
    assert "in a pure Python loop **1.20 times (1.10 to 1.30)** as much as one, each unit of work at 1.60 times" in text
    assert "in the arithmetic of an MNIST epoch in plain torch **1.80 times" in text


def test_a_command_that_is_timed_is_hardly_looked_at() -> None:
    """Looking at memory all the time takes a core from what is measured: none is looked at unless asked, and seldom if so."""
    command = [sys.executable, "-c", "import time; held = bytearray(1 << 25); time.sleep(1.5)"]
    assert math.isnan(run(command).memory)
    often, seldom = (_looking(command, share) for share in (1.0, SELDOM))
    assert seldom < often / 3
    assert run(command, looks=1.0).memory > 32


def _looking(command: list[str], share: float) -> float:
    """Core-seconds of this process, which looks, while the command runs."""
    before = time.process_time()
    run([*command], looks=share)
    return time.process_time() - before
