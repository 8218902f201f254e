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
    """

    size: int
    jobs: int
    cost: Cost


def grade(folder: Path, size: int, jobs: int) -> Batch:
    """Grade so many complete submissions, MNIST run included."""
    place = folder / f"batch-{size}"
    if not place.exists():
        place.mkdir()
        sources = filled()
        for number in range(size):
            (place / f"student_{number:04d}.ipynb").write_bytes(notebook([*sources, f"# handed in by number {number}"]))
    return Batch(size, jobs, run([*GRADE, place, "--out", folder / f"out-{size}-{jobs}", "-j", str(jobs)]))


def batches(folder: Path, *, quick: bool) -> list[Batch]:
    """All of them: sizes with all cores, then numbers of judges with one size."""
    cores = len(os.sched_getaffinity(0))
    sizes, size = ((4, 8), 8) if quick else ((8, 16, 32, 64, 128), 64)
    found = [grade(folder, each, cores) for each in sizes]
    found.append(grade(folder, sizes[0], 1))
    return found + [grade(folder, size, jobs) for jobs in (*range(1, cores), *(() if quick else (2 * cores,)))]


def marginal(found: Sequence[Batch], jobs: int) -> float | None:
    """Seconds by the wall that one more submission takes: what starting up costs is left out."""
    of = sorted((batch for batch in found if batch.jobs == jobs), key=lambda batch: batch.size)
    if len(of) < 2:
        return None
    small, large = of[0], of[-1]
    return (large.cost.wall - small.cost.wall) / (large.size - small.size)


def dearer(found: Sequence[Batch], jobs: int) -> float:
    """Core-seconds of the largest batch with so many judges that was also graded by one, if it took one judge 1."""
    alone = {batch.size: batch.cost.cpu for batch in found if batch.jobs == 1}
    largest = max((batch for batch in found if batch.jobs == jobs and batch.size in alone), key=lambda batch: batch.size)
    return largest.cost.cpu / alone[largest.size]
