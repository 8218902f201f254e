"""Throughput of batches against their size and the cores they may use, and their memory against the number of judges."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.variants.bases import notebook
from tests.bench.measure import Cost, run
from tests.bench.ours import GRADE
from tests.samples import filled


@dataclass(frozen=True)
class Batch:
    """A batch that was graded from the shell.

    Attributes:
        size: how many complete submissions, all different.
        jobs: how many were judged at a time.
    """

    size: int
    jobs: int
    cost: Cost


def grade(folder: Path, size: int, jobs: int, *, confined: bool = False, looks: float = 0.0) -> Batch:
    """Grade so many complete submissions, MNIST run included; `looks` as in `measure.run`.

    `confined`: all of it on one core, helpers included. One judge alone has help from the other cores.
    """
    place = folder / f"batch-{size}"
    if not place.exists():
        place.mkdir()
        sources = filled()
        for number in range(size):
            (place / f"student_{number:04d}.ipynb").write_bytes(notebook([*sources, f"# handed in by number {number}"]))
    on = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))] if confined else []
    out = folder / f"out-{size}-{jobs}{'-confined' if confined else ''}"
    return Batch(size, jobs, run([*on, *GRADE, place, "--out", out, "-j", str(jobs)], looks=looks))


def batches(folder: Path, *, quick: bool) -> list[Batch]:
    """Sizes with all cores, then numbers of judges with one size."""
    cores = len(os.sched_getaffinity(0))
    sizes, size = ((4, 8), 8) if quick else ((8, 16, 32, 64, 128), 64)
    found = [grade(folder, each, cores) for each in sizes]
    return found + [grade(folder, size, jobs) for jobs in (*range(1, cores), *(() if quick else (2 * cores,)))]


@dataclass(frozen=True)
class Marginal:
    """What one more complete submission in a batch takes, each time: what starting up costs is left out.

    Attributes:
        judges: in words, how it is graded.
        wall, cpu: seconds by the wall, and core-seconds.
    """

    judges: str
    wall: tuple[float, ...]
    cpu: tuple[float, ...]


def marginals(folder: Path, turns: int, *, quick: bool) -> tuple[Marginal, Marginal, Marginal]:
    """On one core, with one judge that has all of them, and with all cores: a small and a large batch of each, in turns."""
    cores = len(os.sched_getaffinity(0))
    small, large = (2, 6) if quick else (8, 40)
    kinds = (("on one core", 1, True), ("one judge that has all cores", 1, False), (f"on {cores} cores", cores, False))
    wall, cpu = ({words: list[float]() for words, *_ in kinds} for _ in range(2))
    for _ in range(turns):  # so that what else the machine does meets all of them
        for words, jobs, confined in kinds:
            few, many = (grade(folder, size, jobs, confined=confined).cost for size in (small, large))
            wall[words].append((many.wall - few.wall) / (large - small))
            cpu[words].append((many.cpu - few.cpu) / (large - small))
    alone, helped, all_ = (Marginal(words, tuple(wall[words]), tuple(cpu[words])) for words, *_ in kinds)
    return alone, helped, all_


def memory(folder: Path, *, quick: bool) -> dict[int, float]:
    """MiB at the peak by number of judges, looked at all the time, in runs of which nothing else is told."""
    cores = len(os.sched_getaffinity(0))
    return {jobs: grade(folder, 4 * cores if quick else 16, jobs, looks=1.0).cost.memory for jobs in (1, cores, 2 * cores)}
