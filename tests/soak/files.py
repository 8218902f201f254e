"""Hands in what nobody would write, reads it as the grader does, and writes to `docs/soak.md` what came of it.

    python -m tests.soak.files                    twenty thousand cases
    python -m tests.soak.files --cases 500        a short one; nothing is written
    python -m tests.soak.files --first 123 --cases 1      case 123 alone

A case is a sample notebook, a script or an archive with bytes or structure changed; it is read, aligned with the assignment and
held against its rules, and nothing of it is executed. Exit code 1, with the input saved, if anything but a notebook or a
SubmissionError came of it, if it took more memory or time than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import SubmissionError
from tests.samples import ROOT
from tests.soak import page
from tests.submissions_reading.mutating import submission
from tests.submissions_reading.reading_through import read_through

ENOUGH = 20_000
SLOW = 10
"""Seconds of processor time for one case."""
MEMORY = 400
"""MiB that a process of many cases may take on top of what it has before the first."""
BATCH = 1_000


@dataclass
class Tally:
    """How a batch of cases ended.

    Attributes:
        ends: how often each end came.
        slowest: seconds of the slowest case, and its number.
        memory: MiB on top of what was there, at the most.
        failed: what must not be, by case.
    """

    ends: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, 0)
    memory: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def run_batch(first: int, cases: int, folder: Path, saved: Path) -> Tally:
    """The cases from `first` on, in this process, whose memory is limited."""
    tally = Tally()
    read_through(ROOT / "tests" / "submissions" / "half_done.ipynb")  # what is imported and compiled once is no case's
    submission(random.Random(0))
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS:")
    limit = _status("VmSize:") * 1024 + (MEMORY << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGPROF, _too_slow)
    for number in range(first, first + cases):
        name, content = submission(random.Random(number))
        path = folder / name
        path.write_bytes(content)
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SLOW)
        try:
            end = read_through(path)
        except SubmissionError as error:
            end = "refused" if "\n" not in str(error) else "refused in several lines"
        except BaseException:
            end = "failed"
            tally.failed[str(number)] = traceback.format_exc()
            (saved / f"{number}-{name}").write_bytes(content)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if end == "refused in several lines":
            tally.failed[str(number)] = end
        tally.slowest = max(tally.slowest, (time.process_time() - started, number))
        tally.ends[end] += 1
        path.unlink()
    tally.memory = (_status("VmHWM:") - before) >> 10
    return tally


def _status(name: str) -> int:
    """KiB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _too_slow(signum: int, frame: object) -> None:
    raise TimeoutError(f"more than {SLOW} seconds")


def section(cases: int, ends: Counter[str], slowest: tuple[float, int], memory: int, seconds: float) -> str:
    """What `docs/soak.md` says of a run in which nothing got through."""
    told = ", ".join(f"{number:,} {end}" for end, number in sorted(ends.items(), key=lambda item: -item[1]))
    return (
        "## Files that were handed in\n\n"
        f"**{cases:,} cases in {seconds:,.0f} s: 0 exceptions but SubmissionError, 0 messages of more than a line, 0 cases of "
        f"more than {SLOW} seconds, 0 processes of {BATCH:,} cases past {MEMORY} MiB of memory.** "
        f"How they ended: {told}. The slowest took {slowest[0]:.1f} s of processor time; the most memory that such a process "
        f"took was {memory} MiB on top of what it had before.\n\n"
        "A case is a sample notebook, a script or an archive whose bytes or structure were changed at random; it is read, "
        f"aligned with the assignment and held against its rules.\n\n{page.circumstances('msgspec', 'jupytext')}."
    )


def main() -> int:
    """Run the cases in processes of their own, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=ENOUGH, help="default %(default)s")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--saved", type=Path, default=Path("results/fuzz"), help="where an input that got through is saved")
    parser.add_argument("--batch", action="store_true", help="in this process; prints its tally")
    arguments = parser.parse_args()
    saved = arguments.saved.resolve()
    saved.mkdir(parents=True, exist_ok=True)
    if arguments.batch:
        with tempfile.TemporaryDirectory(prefix="autograder-files-") as folder:
            print(json.dumps(vars(run_batch(arguments.first, arguments.cases, Path(folder), saved))))
        return 0
    ends, failed, slowest, memory, started = Counter[str](), dict[str, str](), (0.0, 0), 0, time.monotonic()

    def batch(first: int) -> subprocess.CompletedProcess[str]:
        number = min(BATCH, arguments.first + arguments.cases - first)
        command = [sys.executable, "-m", "tests.soak.files", "--batch", "--first", str(first), "--cases", str(number)]
        return subprocess.run([*command, "--saved", str(saved)], cwd=ROOT, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for run in pool.map(batch, range(arguments.first, arguments.first + arguments.cases, BATCH)):
            if run.returncode:
                failed[" ".join(run.args[4:])] = run.stderr
                continue
            tally = json.loads(run.stdout.splitlines()[-1])
            ends.update(tally["ends"])
            failed |= tally["failed"]
            slowest, memory = max(slowest, tuple(tally["slowest"])), max(memory, tally["memory"])
            print(f"  {sum(ends.values())} cases: {dict(ends)}, slowest {slowest}, {memory} MiB, {len(failed)} bad", flush=True)
    for case, what in failed.items():
        print(f"\ncase {case}: {what}", file=sys.stderr)
    if failed:
        return 1
    if arguments.cases >= ENOUGH:
        page.rewrite("files", section(arguments.cases, ends, slowest, memory, time.monotonic() - started))
    return 0


if __name__ == "__main__":
    sys.exit(main())
