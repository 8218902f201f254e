"""Measures grading beside `otter run` on the same notebook, in one run on one machine, and writes `docs/benchmarks.md`.

make bench        about ten minutes
python -m tests.bench --quick
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.variants import notebook
from tests.samples import FOLDER, ROOT, filled
from tests.soak.page import circumstances

IMPORTS = "import torch, torchvision, matplotlib.pyplot, IPython"
COMPLETE = FOLDER / "complete.ipynb"


@dataclass(frozen=True)
class Cost:
    """What one run of a command took: seconds by the wall and by the processor (children included), and memory in MiB.

    Attributes:
        memory: largest sum over all its processes of their proportional set size.
    """

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> Cost:
    """Run a command to its end, which must be a success, and measure it."""
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    before, started = _children_cpu(), time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    _, errors = process.communicate()
    wall = time.monotonic() - started
    done.set()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{errors.decode()[-2000:]}")
    return Cost(wall, _children_cpu() - before, peak[0])


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _watch(pid: int, peak: list[float], done: threading.Event) -> None:
    """Sum the memory of a process and all below it, again and again; helpers that left the tree are found by their root."""
    while not done.wait(0.05):
        total = 0
        try:
            tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for member in tree:
            try:
                total += member.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total / 2**20)


class Running:
    """A grader in a process of its own that grades the complete submission whenever it is asked to.

    Layers of confinement are chosen as a sandbox is launched; two that stand side by side can be asked in turns.
    """

    def __init__(self, left_out: tuple[str, ...] = ()):
        """`left_out`: layers that it lacks."""
        code = f"from tests.bench import serve; serve({left_out!r})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.grade()  # the first one pays for what is done once

    def grade(self) -> tuple[float, float]:
        """Wall seconds and core-seconds of one grading."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("\n")
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a grader ended before its time; what it said stands above")
        seconds, cores, score = json.loads(line)
        if score != 100.0:
            raise SystemExit(f"the complete sample scored {score}, so these figures would be of something else")
        return seconds, cores

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve(left_out: tuple[str, ...]) -> None:
    """The other side of `Running`: a line in, a line out."""
    from autograder.config_file import read_config
    from autograder.grading.launch import load_grader, sandbox_for
    from autograder.selftest.layers import without

    config = read_config(ROOT / "grading_config.yaml")
    with without(left_out), sandbox_for(config, 1, submissions=100) as sandbox:
        from autograder.grading.grade import grade_submission
        from autograder.submissions import Found

        grader = load_grader(config)
        for seed, _ in enumerate(sys.stdin):
            result = grade_submission(grader, Found("complete", str(COMPLETE)), sandbox.lanes[0], seed)
            print(json.dumps([result.seconds, result.core_seconds, result.score]), flush=True)


def warm(repeats: int) -> tuple[list[float], list[float]]:
    """Core-seconds and wall seconds of one complete submission in a running grader."""
    running = Running()
    found = [running.grade() for _ in range(repeats)]
    running.close()
    return [cores for _, cores in found], [seconds for seconds, _ in found]


def layers(pairs: int) -> tuple[list[float], list[float]]:
    """Wall seconds of one complete submission with all layers of confinement and with a user of its own alone, in turns.

    Which of the two is first changes from pair to pair, so that whatever drifts meets both.
    """
    from autograder.selftest.layers import LAYERS

    few = tuple(layer for layer in LAYERS if layer != "user")  # nothing may act as root, and the change takes no time
    both = (Running(), Running(few))
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs):
        for index in (0, 1) if number % 2 else (1, 0):
            found[index].append(both[index].grade()[0])
    for one in both:
        one.close()
    return found


def middle(values: Sequence[float], resamples: int = 2000) -> tuple[float, float, float]:
    """The median, and the interval that holds it with 95 % confidence (percentile bootstrap, seeded)."""
    chance = random.Random(0)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(resamples))
    return statistics.median(values), medians[int(0.025 * resamples)], medians[int(0.975 * resamples)]


def otter(folder: Path, *, mnist: bool, repeats: int) -> list[Cost]:
    """`otter run` on the filled-in template, with or without its MNIST cells, as Otter's own zip grades it."""
    from autograder.grading.data import unpack_mnist

    folder.mkdir()
    unpack_mnist(folder / "data")
    sources = [source.replace("'../data'", repr(str(folder / "data"))) for source in filled()]
    if not mnist:
        sources = [source for source in sources if "datasets.MNIST" not in source and "train_losses" not in source]
    submission = folder / "neural_networks.ipynb"
    submission.write_bytes(notebook(sources, otter={"assignment_name": "neural-networks"}))
    zip_path = ROOT / "dist" / "neural-networks-otter.zip"
    command: list[str | Path] = [sys.executable, "-m", "otter", "run", "-a", zip_path, "-o", folder, submission]
    return [run(command, cwd=folder) for _ in range(repeats)]


def without_mnist(folder: Path) -> Path:
    """The complete sample without its MNIST cells."""
    sources = [source for source in filled() if "datasets.MNIST" not in source and "train_losses" not in source]
    path = folder / "without_mnist.ipynb"
    path.write_bytes(notebook(sources))
    return path


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Median, and in brackets the smallest and the largest."""
    if len(values) == 1:
        return f"{values[0]:.2f} {unit}"
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and nothing is written")
    quick = parser.parse_args().quick
    repeats = 3 if quick else 7
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as temporary:
        folder = Path(temporary)
        grade: list[str | Path] = [sys.executable, "-m", "autograder", "grade", "--fresh", "--out", folder / "out"]
        bare = without_mnist(folder)
        run([*grade, COMPLETE])  # compiles what has not been imported on this machine yet
        imports, cold, cold_bare = [], [], []
        for _ in range(repeats):  # in turns, so that a change of the machine's mood meets all of them
            imports.append(run([sys.executable, "-c", IMPORTS]))
            cold.append(run([*grade, COMPLETE]))
            cold_bare.append(run([*grade, bare]))
        confined, open_ = layers(6 if quick else 60)
        cores, walls = warm(3 * repeats)
        otter_bare = otter(folder / "bare", mnist=False, repeats=2 if quick else 3)
        otter_whole = otter(folder / "whole", mnist=True, repeats=1)
    median = statistics.median
    wall_import, wall_cold = median([c.wall for c in imports]), median([c.wall for c in cold])
    rows = [
        ("`import torch, torchvision, matplotlib.pyplot, IPython`", imports, ""),
        ("`autograder grade`, one complete submission with MNIST, from the shell", cold,
         f"{wall_cold / wall_import:.2f} times the import; limit {1.4 * wall_import + 1.5:.2f} s"),
        ("`autograder grade`, the same without its MNIST cells", cold_bare, ""),
        ("`otter run`, without its MNIST cells", otter_bare,
         f"{median([c.wall for c in otter_bare]) / median([c.wall for c in cold_bare]):.1f} times ours"),
        ("`otter run`, the notebook as it is (10 epochs)", otter_whole,
         f"{median([c.wall for c in otter_whole]) / wall_cold:.1f} times ours"),
    ]  # fmt: skip
    lines = [
        "| command | wall | processor | memory (PSS, all processes, peak) | ratio |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, costs, ratio in rows:
        lines.append(
            f"| {name} | {spread([c.wall for c in costs])} | {spread([c.cpu for c in costs], 'core-s')} "
            f"| {max(c.memory for c in costs):.0f} MiB | {ratio} |"
        )
    warm_core = median(cores)
    lines += [
        "",
        "In a running grader, one complete submission with its MNIST run, all hidden tests and the student's own training cell "
        f"takes **{spread(cores, 'core-seconds')}**, {spread(walls)} by the wall. "
        f"`otter run` needs {median([c.cpu for c in otter_bare]) / warm_core:.1f} times the processor time without MNIST, and "
        f"{median([c.cpu for c in otter_whole]) / warm_core:.0f} times with the notebook as it is.",
    ]
    difference, low, high = middle([1000 * (closed - open) for closed, open in zip(confined, open_, strict=True)])
    lines += [
        "",
        f"All layers of confinement together cost **{difference:.1f} ms** of wall time for it (95 % confidence: {low:.1f} to "
        f"{high:.1f} ms; median difference of {len(confined)} pairs, graded in turns by two graders that stand side by side): "
        f"{spread(confined)} with them, {spread(open_)} with a user of its own alone.",
    ]
    table = "\n".join(lines)
    print(table)
    if not quick:
        (ROOT / "docs" / "benchmarks.md").write_text(_page(table, repeats), encoding="utf-8")
        print("\nwrote docs/benchmarks.md")


def _page(table: str, repeats: int) -> str:
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`. Everything below is from one run on one machine; absolute times drift from machine to\n"
        "machine, ratios last. Medians, with the smallest and the largest in brackets.\n\n"
        f"{circumstances('torch', 'torchvision', 'otter-grader')}; {repeats} repeats, in turns.\n\n"
        f"{table}\n"
    )


if __name__ == "__main__":
    main()
