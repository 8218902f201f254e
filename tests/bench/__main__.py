"""Measures everything, prints the tables, and writes them with the plots."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tests.bench
from autograder.bundles import load_bundle
from autograder.config_file import read_config
from tests.bench import peers
from tests.bench.batch import Batch, batches, dearer, marginal
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
    imports, cold, cold_bare = [], [], []
    for _ in range(repeats):  # in turns, so that a change of the machine's mood meets all of them
        imports.append(run([sys.executable, "-c", IMPORTS]))
        cold.append(run([*grade, COMPLETE]))
        cold_bare.append(run([*grade, bare]))
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
    for kind, ours, what in (
        ("without", wall_bare, "without its MNIST cells"),
        ("with", wall_cold, "the notebook as it is (10 epochs)"),
    ):
        for peer, name in names.items():
            found = costs.get(f"{peer} {kind}")
            if found:
                rows.append((f"{name}, {what}", found, f"{_wall(found) / ours:.1f} times ours"))
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
            f"| {max(c.memory for c in costs):.0f} MiB | {ratio} |"
        )
    return lines


def warm_text(found: Warm, costs: dict[str, list[Cost]]) -> str:
    """What one submission takes in a grader that runs already."""
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
        f"In processor time, {'; '.join(ratios)}."
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


def batch_table(found: Sequence[Batch], cores: int, allowed: Sequence[Baseline]) -> list[str]:
    """The table of batches, and what it says of cores, beside what the machine allows, and memory."""
    lines = [
        "| submissions | judges | wall | submissions a minute | core-seconds each | memory (PSS, all processes, peak) |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for batch in found:
        judges = f"{batch.jobs}, on one core" if batch.confined else f"{batch.jobs}"
        lines.append(
            f"| {batch.size} | {judges} | {batch.cost.wall:.1f} s | {60 * batch.size / batch.cost.wall:.0f} "
            f"| {batch.cost.cpu / batch.size:.2f} | {batch.cost.memory:.0f} MiB |"
        )
    core, one, all_ = marginal(found, 1, confined=True), marginal(found, 1), marginal(found, cores)
    if core and one and all_:
        lines += [
            "",
            f"One more complete submission in a batch takes {core:.2f} s on one core and {all_:.2f} s on {cores}: "
            f"**{core / all_:.2f} times as fast on {cores} cores**. With one judge that has all cores, "
            f"and whose helpers do their part on the others, it takes {one:.2f} s: {one / all_:.2f} times as fast "
            f"with {cores} judges, each submission at {dearer(found, cores):.2f} times the core-seconds.",
            "",
            machine_text(allowed),
        ]
    size = max(batch.size for batch in found if batch.jobs == 1)
    memory = {batch.jobs: batch.cost.memory for batch in found if batch.size == size and not batch.confined}
    few, many = min(memory), max(memory)
    lines += [
        "",
        f"From {few} to {many} judges, each one more takes {(memory[many] - memory[few]) / (many - few):.0f} MiB of its own.",
    ]
    return lines


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
        found = warm(3 * repeats)
        confinement = layers_text(6 if quick else 60)
        rows, costs = from_the_shell(folder, repeats, quick)
        allowed = baselines(cores, repeats)
        several = batches(folder, quick=quick)
    lines = [
        *shell_table(rows), "", warm_text(found, costs), "", confinement, "",
        "## Batches of complete submissions, with their MNIST runs", "", *batch_table(several, cores, allowed),
    ]  # fmt: skip
    print("\n".join(lines))
    if not quick:
        docs = ROOT / "docs"
        draw(several, found.stages, cores, docs / "benchmarks.png")
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
