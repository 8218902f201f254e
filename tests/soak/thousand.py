"""A large class in earnest: how long do a thousand submissions take, and does memory grow? Writes its section of docs/soak.md.

    python -m tests.soak.thousand                1,000 submissions; on two cores some twenty minutes
    python -m tests.soak.thousand --count 60     a short one; nothing is written

Complete, partial and hostile samples are handed in again and again, each copy with a comment of its own, so that none is taken
for another, and draws other numbers in its own cells. The real command grades them. Copies of a sample must earn the same; where
a mistake shows for some numbers and not for others, a copy must earn the same again when it is graded by itself.

Memory is that of all its processes together (PSS: what they share counts once), over those results around the first tenth and
before the end. Exit code 1 if it grew, or if marks are not as they must be.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from autograder.reports.store import RESULT, read_result
from autograder.results import Status, SubmissionResult
from tests.samples import FOLDER, ROOT
from tests.soak import page

COUNT, SEED = 1_000, 2024
MIX = (
    "complete", "mistake_step_uphill", "half_done", "complete", "mistake_bias_grad_averaged",
    "complete_in_colab_style", "syntax_error_in_one_class", "complete", "uses_torch_nn", "untouched_template",
    "complete_from_the_original_text", "mistake_softmax_over_the_batch", "patches_torch_allclose", "complete", "os_exit",
    "mistake_relu_changes_its_input", "complete", "mistake_torchnet_without_relu", "half_done", "mistake_step_forgets_bias",
    "complete", "mistake_sigmoid_without_derivative", "endless_loop_in_one_method", "complete", "mistake_training_without_step",
)  # fmt: skip
"""A third complete, a third with one mistake, the rest unfinished or hostile. One in twenty-five waits for its time limits."""
GROWTH = 0.05
"""By how much memory may grow from the first window to the last."""
MINUTES = 6.0
"""What all of them are meant to take where there are cores enough for it; told, and no reason to fail."""


@dataclass
class Memory:
    """MiB that were seen while the results in a window came in.

    Attributes:
        first, last: the results between which it was looked at.
        tree: of all processes together.
        main: of the main process alone.
    """

    first: int
    last: int
    tree: list[float] = field(default_factory=list)
    main: list[float] = field(default_factory=list)

    def look(self, pid: int) -> None:
        """Look once. Processes that end meanwhile are left out."""
        sizes = {}
        with contextlib.suppress(psutil.Error):
            for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    sizes[process.pid] = process.memory_full_info().pss / 2**20
        if pid in sizes:
            self.tree.append(sum(sizes.values()))
            self.main.append(sizes[pid])


@dataclass(frozen=True)
class Ran:
    """How the run went.

    Attributes:
        wall, cpu: seconds by the wall, and core-seconds of all processes.
        early, late: memory around the first tenth of the results, and before the last of them.
    """

    wall: float
    cpu: float
    early: Memory
    late: Memory

    @property
    def growth(self) -> float:
        """Of the memory of all processes, as a share."""
        return statistics.mean(self.late.tree) / statistics.mean(self.early.tree) - 1


def main() -> None:
    """Hand in, grade, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED, help="of the hidden inputs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as somewhere:
        handed_in, out = Path(somewhere) / "in", Path(somewhere) / "out"
        of = hand_in(handed_in, asked.count)
        ran = _run(handed_in, out, asked.count, asked.seed)
        results = {path.parent.name: read_result(path) for path in out.glob(f"*/{RESULT}")}
        odd = odd_copies(of, results)
        again = _replayed([out / name for name in odd])
    bad = problems(of, results, odd, again)
    if not ran.growth <= GROWTH:
        bad.append(f"memory grew by {100 * ran.growth:.1f} %")
    text = report(of, results, ran, odd, len(bad))
    print(text)
    for line in bad[:20]:
        print(f"BAD: {line}", file=sys.stderr)
    if asked.count >= COUNT:
        page.rewrite("thousand", text)
    sys.exit(1 if bad else 0)


def hand_in(folder: Path, count: int) -> dict[str, str]:
    """Write so many submissions, no two of them equal. The sample of each, by its name."""
    folder.mkdir()
    samples = {name: json.loads((FOLDER / f"{name}.ipynb").read_bytes()) for name in dict.fromkeys(MIX)}
    of = {}
    for number in range(count):
        sample = MIX[number % len(MIX)]
        notebook = {**samples[sample], "cells": list(samples[sample]["cells"])}
        comment = {"cell_type": "code", "id": f"number-{number}", "source": [f"# handed in by number {number}"]}
        notebook["cells"].append({**comment, "execution_count": None, "metadata": {}, "outputs": []})
        of[f"student_{number:04}"] = sample
        (folder / f"student_{number:04}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return of


def _run(handed_in: Path, out: Path, count: int, seed: int) -> Ran:
    """Grade them with the real command, and look at its memory in the two windows; in between it is left alone."""
    half = max(3, count // 40)
    early, late = Memory(count // 10 - half, count // 10 + half), Memory(count - 2 * half, count - 1)
    before, started = _children_cpu(), time.monotonic()
    command = [sys.executable, "-m", "autograder", "grade", handed_in, "--out", out, "--seed", seed]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    told = 0
    while process.poll() is None:
        done = sum(1 for _ in out.glob(f"*/{RESULT}"))
        for window in (early, late):
            if window.first <= done <= window.last:
                window.look(process.pid)
        if done // 50 > told:
            told = done // 50
            print(f"{done} of {count} after {time.monotonic() - started:,.0f} s", file=sys.stderr)
        time.sleep(0.5)
    wall = time.monotonic() - started
    if not early.tree or not late.tree:
        raise SystemExit(f"the run ended with exit code {process.returncode} before its memory was seen")
    return Ran(wall, _children_cpu() - before, early, late)


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def odd_copies(of: Mapping[str, str], results: Mapping[str, SubmissionResult]) -> dict[str, str]:
    """Copies of a sample with other marks than most, and one of most for each."""
    odd: dict[str, str] = {}
    marks: dict[str, dict[tuple[float, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, result in results.items():
        marks[of[name]][tuple(question.score for question in result.questions)].append(name)
    for different in marks.values():
        usual = max(different.values(), key=len)
        odd |= {name: usual[0] for names in different.values() if names is not usual for name in names}
    return odd


def _replayed(folders: Sequence[Path]) -> str:
    """What `grade --replay` says of results, each graded again with its seed."""
    if not folders:
        return ""
    command = [sys.executable, "-m", "autograder", "grade", "--replay", *map(str, folders)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def problems(of: Mapping[str, str], results: Mapping[str, SubmissionResult], odd: Mapping[str, str], again: str) -> list[str]:
    """What is not as it should be: submissions without a result, errors of the grader, and marks that are not what they must be.

    `again`: what `grade --replay` said of the odd ones. Where most copies have full marks, the others must have them too.
    """
    bad = [f"{name} has no result" for name in of if name not in results]
    bad += [f"{name} ({of[name]}) errored" for name, result in results.items() if result.status is Status.ERRORED]
    confirmed = {line.partition(":")[0] for line in again.splitlines() if ": the same marks" in line}
    for name, usual in odd.items():
        if results[usual].score == results[usual].max_score:
            bad.append(f"{name} ({of[name]}) has other marks than {usual}, which has all of them")
        elif name not in confirmed:
            bad.append(f"{name} ({of[name]}) has other marks than {usual}, and others again when it is graded by itself")
    return bad


def report(of: Mapping[str, str], results: Mapping[str, SubmissionResult], ran: Ran, odd: Mapping[str, str], bad: int) -> str:
    """The section."""
    count, full = len(of), sum(result.score == result.max_score for result in results.values())
    cores = len(os.sched_getaffinity(0))
    rows = "\n".join(
        f"| {window.first} to {window.last} | {_spread(window.tree)} | {_spread(window.main)} | {len(window.tree)} |"
        for window in (ran.early, ran.late)
    )
    kinds = ", ".join(f"`{sample}`" for sample in sorted({of[name] for name in odd}))
    luck = f"{len(odd)} copies have other marks than most of their sample, with numbers of their own: {kinds or 'none'}."
    needed = COUNT * ran.cpu / count / (60 * MINUTES)
    return f"""
## A thousand submissions

**{count:,} submissions of {len(set(of.values()))} kinds, complete, partial and hostile, all different, graded in
{ran.wall / 60:.1f} minutes on {cores} cores; from the first tenth of the results to the end memory changed by
{100 * ran.growth:+.1f} %. {bad} problems.** Problems are lost results, errors of the grader, a copy of a right sample without
full marks, one of a wrong sample with other marks than most that has others again when it is graded by itself, and memory that
grows by more than {GROWTH:.0%}. {luck}

That is {60 * count / ran.wall:.0f} a minute and {ran.cpu / count:.2f} core-seconds each, the start of the command included;
{full:,} have full marks. {COUNT:,} of them in {MINUTES:g} minutes, the goal, take {needed:.1f} such cores.

| results | memory of all processes (PSS) | of the main process | times looked |
| --- | --- | --- | --- |
{rows}

{page.circumstances("torch")}.
""".strip()


def _spread(values: Sequence[float]) -> str:
    """The mean, and in brackets the least and the most."""
    return f"{statistics.mean(values):,.0f} MiB ({min(values):,.0f} to {max(values):,.0f})"


if __name__ == "__main__":
    main()
