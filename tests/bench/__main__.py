"""Measures everything, prints the tables, and writes them with the plots."""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import tests.bench
from autograder.bundles import load_bundle
from autograder.config_file import read_config
from tests.bench import peers
from tests.bench.bare import bare
from tests.bench.batch import Batch, Marginal, batches, marginals, memory
from tests.bench.machine import Baseline, baselines, machine_text
from tests.bench.measure import Cost, middle, run, spread
from tests.bench.ours import COMPLETE, GRADE, Warm, layers, warm, without_mnist
from tests.bench.plots import draw
from tests.samples import ROOT
from tests.soak.page import circumstances

IMPORTS = "import torch, torchvision, matplotlib.pyplot, IPython"
Row = tuple[str, Sequence[Cost], str]


def from_the_shell(folder: Path, repeats: int, quick: bool) -> tuple[list[Row], dict[str, list[Cost]]]:
    """Ours and the peers, each as a command of its own: rows of the table, and the costs by name."""
    assignment = load_bundle(read_config(ROOT / "grading_config.yaml")).assignment
    grade: list[str | Path] = [*GRADE, "--out", folder / "out"]
    bare = without_mnist(folder)
    run([*grade, COMPLETE])  # compiles what has not been imported on this machine yet
    imports, cold, cold_bare = (list[Cost]() for _ in range(3))
    commands: Sequence[tuple[list[Cost], list[str | Path]]] = (
        (imports, [sys.executable, "-c", IMPORTS]), (cold, [*grade, COMPLETE]), (cold_bare, [*grade, bare]),
    )  # fmt: skip
    for _ in range(repeats):  # in turns, so that a change of the machine's mood meets all of them
        for ours, command in commands:
            ours.append(run(command))
    for ours, command in commands:  # one run more for memory alone: looking all the time makes it slower
        ours[0] = replace(ours[0], memory=run(command, looks=1.0).memory)
    few = 2 if quick else 3
    costs = {
        "otter without": peers.otter(folder, mnist=False, repeats=few),
        "nbgrader without": peers.nbgrader(folder, assignment, mnist=False, repeats=few),
        "nbconvert without": peers.nbconvert(folder, mnist=False, repeats=few),
    }
    if not quick:
        costs |= {
            "otter with": peers.otter(folder, mnist=True, repeats=1),
            "nbgrader with": peers.nbgrader(folder, assignment, mnist=True, repeats=1),
            "nbconvert with": peers.nbconvert(folder, mnist=True, repeats=1),
        }
    wall_import, wall_cold, wall_bare = _wall(imports), _wall(cold), _wall(cold_bare)
    rows: list[Row] = [
        (f"`{IMPORTS}`", imports, ""),
        ("`autograder grade`, one complete submission with MNIST", cold,
         f"{wall_cold / wall_import:.2f} times the import; {wall_cold - wall_import:.2f} s more"),
        ("`autograder grade`, the same without its MNIST cells", cold_bare, ""),
    ]  # fmt: skip
    names = {
        "otter": "`otter run`", "nbgrader": "`nbgrader autograde`, the same tests",
        "nbconvert": "`nbconvert --execute`, which judges nothing",
    }  # fmt: skip
    for kind, own, what in (
        ("without", wall_bare, "without its MNIST cells"),
        ("with", wall_cold, "the notebook as it is (10 epochs)"),
    ):
        for peer, name in names.items():
            found = costs.get(f"{peer} {kind}")
            if found:
                rows.append((f"{name}, {what}", found, f"{_wall(found) / own:.1f} times ours"))
    return rows, costs


def _wall(costs: Sequence[Cost]) -> float:
    return statistics.median(cost.wall for cost in costs)


def shell_table(rows: Sequence[Row]) -> list[str]:
    """The table of commands."""
    lines = [
        "| command | wall | processor | memory (PSS, all processes, peak) | ratio |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, costs, ratio in rows:
        lines.append(
            f"| {name} | {spread([c.wall for c in costs])} | {spread([c.cpu for c in costs], 'core-s')} "
            f"| {max(c.memory for c in costs if not math.isnan(c.memory)):.0f} MiB | {ratio} |"
        )
    return lines


def warm_text(found: Warm, alone: Sequence[float], costs: dict[str, list[Cost]]) -> str:
    """What one submission takes in a grader that runs already, beside what its own work takes without one."""
    core = statistics.median(found.cores)
    ratios = [
        f"`{peer}` takes {statistics.median(c.cpu for c in costs[f'{name} {kind}']) / core:.0f} times that {what}"
        for name, peer in (("otter", "otter run"), ("nbgrader", "nbgrader autograde"))
        for kind, what in (("without", "without MNIST"), ("with", "with the notebook as it is"))
        if f"{name} {kind}" in costs
    ]
    return (
        "In a running grader, one complete submission with its MNIST run, all hidden tests and the student's own training cell "
        f"takes **{spread(found.cores, 'core-seconds')}**, {spread(found.walls)} by the wall. "
        f"In processor time, {'; '.join(ratios)}.\n\n"
        "The submission's own work, its cells and the epoch in a fork of a warm process in which nothing is judged, confined or "
        f"sent, takes {spread(alone, 'core-seconds')}, and no grading of it can take less: ours takes "
        f"**{core / statistics.median(alone):.2f} times that**."
    )


def layers_text(pairs: int) -> str:
    """What confinement costs."""
    confined, open_ = layers(pairs)
    difference, low, high = middle([1000 * (closed - open) for closed, open in zip(confined, open_, strict=True)])
    return (
        f"All layers of confinement together cost **{difference:.1f} ms** of wall time for it (95 % confidence: {low:.1f} to "
        f"{high:.1f} ms; median difference of {len(confined)} pairs, graded in turns by two graders that stand side by side): "
        f"{spread(confined)} with them, {spread(open_)} with a user of its own alone."
    )


def batch_table(found: Sequence[Batch]) -> list[str]:
    """The table of batches."""
    lines = ["| submissions | judges | wall | submissions a minute | core-seconds each |", "| --- | --- | --- | --- | --- |"]
    for batch in found:
        lines.append(
            f"| {batch.size} | {batch.jobs} | {batch.cost.wall:.1f} s | {60 * batch.size / batch.cost.wall:.0f} "
            f"| {batch.cost.cpu / batch.size:.2f} |"
        )
    return lines


def cores_text(found: tuple[Marginal, Marginal, Marginal], allowed: Sequence[Baseline]) -> list[str]:
    """What more cores bring, beside what the machine allows."""
    core, one, all_ = found
    lines = ["| one more complete submission in a batch takes | wall | processor |", "| --- | --- | --- |"]
    lines += [f"| {kind.judges} | {spread(kind.wall)} | {spread(kind.cpu, 'core-s')} |" for kind in found]
    ratios, helped = ([first / second for first, second in zip(kind.wall, all_.wall, strict=True)] for kind in (core, one))
    return [
        *lines, "",
        f"So it goes **{spread(ratios, 'times')}** as fast {all_.judges} as on one, and {spread(helped, 'times')} as fast as "
        f"with one judge that has all cores, and whose helpers do their part on the others: {len(ratios)} turns of all of them.",
        "",
        machine_text(allowed),
    ]  # fmt: skip


def memory_text(found: Mapping[int, float]) -> str:
    """What a judge more takes."""
    few, many = min(found), max(found)
    sizes = ", ".join(f"{size:.0f} MiB with {jobs}" for jobs, size in found.items())
    return (
        f"Memory of all processes at the peak (PSS), in runs of their own: {sizes} judges. "
        f"From {few} to {many}, each one more takes **{(found[many] - found[few]) / (many - few):.0f} MiB** of its own."
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=tests.bench.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and nothing is written")
    quick = parser.parse_args().quick
    repeats, cores = 3 if quick else 7, len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        found, alone = warm(3 * repeats), bare(3 * repeats)
        confinement = layers_text(6 if quick else 60)
        rows, costs = from_the_shell(folder, repeats, quick)
        allowed = baselines(cores, repeats)
        several = batches(folder, quick=quick)
        turns = marginals(folder, 2 if quick else 3, quick=quick)
        sizes = memory(folder, quick=quick)
    lines = [
        *shell_table(rows), "", warm_text(found, alone, costs), "", confinement, "",
        "## Batches of complete submissions, with their MNIST runs", "", *batch_table(several),
        "", *cores_text(turns, allowed), "", memory_text(sizes),
    ]  # fmt: skip
    print("\n".join(lines))
    if not quick:
        docs = ROOT / "docs"
        draw(several, sizes, found.stages, cores, docs / "benchmarks.png")
        (docs / "benchmarks.md").write_text(_page("\n".join(lines), repeats), encoding="utf-8")
        print("\nwrote docs/benchmarks.md and docs/benchmarks.png")


def _page(text: str, repeats: int) -> str:
    packages = ("torch", "torchvision", "otter-grader", "nbgrader", "nbconvert")
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`. Everything below is from one run on one machine; absolute times drift from machine to\n"
        "machine, ratios last. Medians, with the smallest and the largest in brackets.\n\n"
        f"{circumstances(*packages)}; {repeats} repeats, in turns.\n\n"
        f"{text}\n\n"
        "![Throughput, memory and time by stage](benchmarks.png)\n"
    )


if __name__ == "__main__":
    main()
