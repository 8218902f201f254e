"""Runs a command and tells what it took; and what many figures come to."""

from __future__ import annotations

import contextlib
import math
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.samples import ROOT


@dataclass(frozen=True)
class Cost:
    """What one run of a command took: seconds by the wall and by the processor (children included), and memory in MiB.

    Attributes:
        memory: largest sum over all its processes of their proportional set size that was seen; NaN if nobody looked.
    """

    wall: float
    cpu: float
    memory: float = math.nan


SELDOM = 0.01
"""Share of a core that looking at memory may take where a command is timed as well."""

OFTEN = 0.05
"""Seconds from one look to the next, at least."""


def run(command: Sequence[str | Path], cwd: Path = ROOT, *, looks: float = 0.0) -> Cost:
    """Run a command to its end, which must be a success, and measure it.

    `looks`: the share of a core that looking at its memory may take; 1 for as often as there is something new to see. A look
    goes through the page tables of all its processes: with many looks times are not those of the command alone, least of all
    where it uses all cores.
    """
    scripts = [Path(sys.executable).parent, Path(psutil.__file__).parents[4] / "bin"]  # ours, and those of the shared packages
    environment = {**os.environ, "PATH": os.pathsep.join([*map(str, scripts), os.environ["PATH"]])}
    before, started = _children_cpu(), time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak, done = [math.nan], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done, looks))
    if looks:
        watcher.start()
    _, errors = process.communicate()
    wall = time.monotonic() - started
    if looks:
        done.set()
        watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{errors.decode()[-2000:]}")
    return Cost(wall, _children_cpu() - before, peak[0])


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _watch(pid: int, peak: list[float], done: threading.Event, share: float) -> None:
    """Sum the memory of a process and all below it, again and again, for this share of a core."""
    pause = OFTEN
    while not done.wait(pause):
        cpu = time.thread_time()
        total = _memory(pid)
        peak[0] = total if math.isnan(peak[0]) else max(peak[0], total)
        pause = max(OFTEN, (time.thread_time() - cpu) * (1 / share - 1))


def _memory(pid: int) -> float:
    """MiB of a process and all below it."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for member in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += member.memory_full_info().pss
    return total / 2**20


def middle(values: Sequence[float], resamples: int = 2000) -> tuple[float, float, float]:
    """The median, and the interval that holds it with 95 % confidence (percentile bootstrap, seeded)."""
    chance = random.Random(0)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(resamples))
    return statistics.median(values), medians[int(0.025 * resamples)], medians[int(0.975 * resamples)]


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Median, and in brackets the smallest and the largest."""
    if len(values) == 1:
        return f"{values[0]:.2f} {unit}"
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f} to {max(values):.2f})"
