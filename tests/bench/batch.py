"""Throughput of batches against their size and the cores they may use, and their memory against the number of judges."""

from __future__ import annotations

import os
from collections.abc import Sequence
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
        confined: whether the whole command had one core, helpers included. One judge alone has help from the other cores.
    """

    size: int
    jobs: int
    cost: Cost
    confined: bool = False


def grade(folder: Path, size: int, jobs: int, *, confined: bool = False) -> Batch:
    """Grade so many complete submissions, MNIST run included; `confined`: all of it on one core."""
    place = folder / f"batch-{size}"
    if not place.exists():
        place.mkdir()
        sources = filled()
        for number in range(size):
            (place / f"student_{number:04d}.ipynb").write_bytes(notebook([*sources, f"# handed in by number {number}"]))
    on = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))] if confined else []
    out = folder / f"out-{size}-{jobs}{'-confined' if confined else ''}"
    return Batch(size, jobs, run([*on, *GRADE, place, "--out", out, "-j", str(jobs)]), confined)


def batches(folder: Path, *, quick: bool) -> list[Batch]:
    """All of them: sizes with all cores, then numbers of judges with one size."""
    cores = len(os.sched_getaffinity(0))
    sizes, size = ((4, 8), 8) if quick else ((8, 16, 32, 64, 128), 64)
    found = [grade(folder, each, cores) for each in sizes]
    found.append(grade(folder, sizes[0], 1))
    found += [grade(folder, each, 1, confined=True) for each in (sizes[0], size)]
    return found + [grade(folder, size, jobs) for jobs in (*range(1, cores), *(() if quick else (2 * cores,)))]


def marginal(found: Sequence[Batch], jobs: int, *, confined: bool = False) -> float | None:
    """Seconds by the wall that one more submission takes: what starting up costs is left out."""
    of = sorted((batch for batch in found if (batch.jobs, batch.confined) == (jobs, confined)), key=lambda batch: batch.size)
    if len(of) < 2:
        return None
    small, large = of[0], of[-1]
    return (large.cost.wall - small.cost.wall) / (large.size - small.size)


def dearer(found: Sequence[Batch], jobs: int) -> float:
    """Core-seconds of the largest batch with so many judges that was also graded by one, if it took one judge 1."""
    alone = {batch.size: batch.cost.cpu for batch in found if batch.jobs == 1 and not batch.confined}
    largest = max((batch for batch in found if batch.jobs == jobs and batch.size in alone), key=lambda batch: batch.size)
    return largest.cost.cpu / alone[largest.size]
