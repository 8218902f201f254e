"""What this machine gives to several processes at once that have nothing to do with each other: no batch can do better.

Two cores may be two threads of one, share caches and a memory bus, or be lent out by a host that is busy with others. So the same
work is done here by plain processes without a grader: a loop in Python, and the arithmetic of an MNIST epoch in torch.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.measure import spread
from tests.samples import ROOT

LOADS = {"loop": "a pure Python loop", "epoch": "the arithmetic of an MNIST epoch in plain torch"}
SECONDS = 1.5
"""How long the work is done before it is counted how much of it there was."""


@dataclass(frozen=True)
class Baseline:
    """One kind of work, done by one process and by several at once, in turns.

    Attributes:
        processes: how many are several.
        throughput: what several got done in the time in which one got 1 done, each time.
        dearer: core-seconds that the same work took of several, if it took 1 of one, each time. More than 1 tells of cores that
            slow each other down; less throughput than processes without it, of processes that had to wait for a core.
    """

    load: str
    processes: int
    throughput: tuple[float, ...]
    dearer: tuple[float, ...]


class _Process:
    """A process that does one kind of work for as long as it is asked to."""

    def __init__(self, load: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.machine", load],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )  # fmt: skip
        self.ask(0.1)
        self.answer()  # the first round pays for what is done once

    def ask(self, seconds: float) -> None:
        """Have it work for so long."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")

    def answer(self) -> tuple[float, float]:
        """Rounds of work a second, and core-seconds of a round."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a process of the baseline ended before its time; what it said stands above")
        rounds, wall, cpu = json.loads(line)
        return rounds / wall, cpu / rounds

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def baseline(load: str, processes: int, turns: int, seconds: float = SECONDS) -> Baseline:
    """Measure one kind of work."""
    several = [_Process(load) for _ in range(processes)]
    throughput, dearer = [], []
    for turn in range(turns):
        alone, together = (_work(few, seconds) for few in ([several[turn % processes]], several))
        throughput.append(sum(rate for rate, _ in together) / alone[0][0])
        dearer.append(statistics.mean(cost for _, cost in together) / alone[0][1])
    for process in several:
        process.close()
    return Baseline(load, processes, tuple(throughput), tuple(dearer))


def _work(processes: Sequence[_Process], seconds: float) -> list[tuple[float, float]]:
    for process in processes:
        process.ask(seconds)
    return [process.answer() for process in processes]


def baselines(processes: int, turns: int) -> list[Baseline]:
    """All kinds of work."""
    return [baseline(load, processes, turns) for load in LOADS]


def machine_text(found: Sequence[Baseline]) -> str:
    """What the machine allows, in a sentence for each kind of work."""
    kinds = "; ".join(
        f"in {LOADS[one.load]} **{spread(one.throughput, 'times')}** as much as one, each unit of work at "
        f"{statistics.median(one.dearer):.2f} times the core-seconds"
        for one in found
    )
    return (
        f"What this machine allows, measured in the same run: {found[0].processes} plain processes that have nothing in common "
        f"get done, {kinds}."
    )


def _loop() -> None:
    """Some ten milliseconds of Python."""
    total = 0
    for number in range(100_000):
        total += number * number % 7


def _epoch() -> Callable[[], None]:
    """Some steps of a 784-30-10 network on batches of 64 out of 60,000 images, as the graded run makes them."""
    import torch

    torch.set_num_threads(1)
    images = torch.randint(0, 256, (60_000, 784), dtype=torch.uint8)
    labels = torch.nn.functional.one_hot(torch.randint(0, 10, (60_000,)), 10).float()
    parameters = [torch.randn(784, 30), torch.rand(30), torch.randn(30, 10), torch.rand(10)]

    def steps() -> None:
        weight, bias, weight_2, bias_2 = parameters
        for rows in torch.randint(0, 60_000, (25, 64)):
            x = images.index_select(0, rows).to(torch.float32).div_(255).sub_(0.1307).div_(0.3081)
            hidden = 1 / (1 + torch.exp(-(x @ weight + bias)))
            up = (torch.softmax(hidden @ weight_2 + bias_2, dim=1) - labels.index_select(0, rows)) / 64
            back = (up @ weight_2.T) * hidden * (1 - hidden)
            _ = back @ weight.T  # the gradient of the images, which a hand-written layer computes as well
            weight_2, bias_2 = weight_2 - 0.5 * (hidden.T @ up), bias_2 - 0.5 * up.sum(dim=0)
            weight, bias = weight - 0.5 * (x.T @ back), bias - 0.5 * back.sum(dim=0)
        parameters[:] = weight, bias, weight_2, bias_2

    return steps


def serve(load: str) -> None:
    """The other side of `_Process`: seconds in, and rounds, wall seconds and core-seconds out."""
    work = _epoch() if load == "epoch" else _loop
    for line in sys.stdin:
        rounds, started, cpu = 0, time.monotonic(), time.process_time()
        while not rounds or time.monotonic() - started < float(line):
            work()
            rounds += 1
        print(json.dumps([rounds, time.monotonic() - started, time.process_time() - cpu]), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
