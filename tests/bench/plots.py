"""Draws what was measured: throughput against size and cores, memory against judges, time by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from tests.bench.batch import Batch

matplotlib.use("Agg")


def draw(
    batches: Sequence[Batch], memory: Mapping[int, float], stages: Mapping[str, float], cores: int, path: Path
) -> None:
    """One picture of four. `memory`: MiB by number of judges. `stages`: wall seconds of one complete submission, by stage."""
    figure = Figure(figsize=(10, 7), layout="constrained")
    (by_size, by_cores), (by_judges, by_stage) = figure.subplots(2, 2)
    sizes = sorted((batch for batch in batches if batch.jobs == cores), key=lambda batch: batch.size)
    by_size.plot([batch.size for batch in sizes], [60 * batch.size / batch.cost.wall for batch in sizes], "o-")
    by_size.set(
        xscale="log", xlabel="submissions in the batch", ylabel="submissions a minute", title="Throughput by size, from the shell"
    )
    by_size.set_xticks([batch.size for batch in sizes], [str(batch.size) for batch in sizes])
    most = max(batch.size for batch in batches if batch.jobs != cores)
    judges = sorted((batch for batch in batches if batch.size == most), key=lambda batch: batch.jobs)
    by_cores.plot([batch.jobs for batch in judges], [60 * batch.size / batch.cost.wall for batch in judges], "o-")
    by_cores.set(
        xlabel=f"judges at work ({cores} cores)", ylabel="submissions a minute", title=f"Throughput by judges, {most} submissions"
    )
    by_judges.plot(list(memory), list(memory.values()), "o-")
    by_judges.set(xlabel="judges at work", ylabel="MiB (PSS, all processes, peak)", title="Memory by judges")
    by_cores.set_xticks([batch.jobs for batch in judges])
    by_judges.set_xticks(list(memory))
    names = list(stages)
    by_stage.barh(names, [1000 * stages[name] for name in names])
    by_stage.invert_yaxis()
    by_stage.set(xlabel="ms of wall time", title="One complete submission, by stage")
    for axes in (by_size, by_cores, by_judges):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110, metadata={"Software": None})
