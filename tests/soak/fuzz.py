"""Fuzzes the border to student processes, guided by coverage, and writes what it found to `docs/soak.md`.

    python -m tests.soak.fuzz                                        a million cases
    python -m tests.soak.fuzz --cases 50000 --seconds 60             a short one; nothing is written
    python -m tests.soak.fuzz --corpus corpus --cases 100000000      goes on where the last one with this folder ended

Exit code 1, with the input saved, if an exception that is not the grader's own got through, if more memory was taken than a
frame may take, if a process was asked again after a false word, or if a case took longer than twenty seconds.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from tests.soak import page

ENOUGH = 1_000_000
"""Cases from which on a run is worth its place in `docs/soak.md`."""
SHARES = {"frame": 0.4, "message": 0.4, "line": 0.2}
"""Of the cases; one of `line` takes several times as long as one of the others."""
SAID = {
    "frame": "the bytes are a frame, taken apart for each of those who read answers",
    "message": "the bytes decide on an almost valid message, in its frame",
    "line": "the bytes decide on a whole conversation on a socket, with up to three questions",
}
SLOW = 20
"""Seconds; no case takes a hundredth of one, unless the machine has other things to do."""
LIMITS = (f"-timeout={SLOW}", "-rss_limit_mb=2048")
PULSE = re.compile(r"^#\d+\s.*?cov: (\d+).*?corp: (\d+)/")
EVERY = 10.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Campaign:
    """How one target fared.

    Attributes:
        largest: bytes of the largest allocation, for an input of `of` bytes.
        edges: branches in autograder's modules that were taken.
        last: what the fuzzer said last, where it ended with an error.
    """

    target: str
    cases: int
    seconds: float
    largest: int
    of: int
    edges: int
    corpus: int
    failed: bool
    last: str


def run(target: str, cases: int, seconds: float, folder: Path, corpus: Path, saved: Path) -> Campaign:
    """One campaign, in a process of its own. `folder` is for its tally; `saved` is where it leaves an input that got through."""
    tally = folder / target
    options = [f"-runs={cases}", f"-max_total_time={int(seconds)}", f"-artifact_prefix={saved}/{target}-", *LIMITS]
    command = [sys.executable, "-m", "tests.soak.targets", target, str(corpus / target), "--tally", str(tally), *options]
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, errors="replace")
    last: deque[str] = deque(maxlen=60)
    seen = [0, 0]
    reader = threading.Thread(target=_follow, args=(process, last, seen))
    reader.start()
    while True:
        try:
            process.wait(EVERY)
            break
        except subprocess.TimeoutExpired:
            done, largest, _ = _read(tally)
            print(f"  {target}: {done} cases, {seen[0]} edges, largest allocation {largest} bytes", flush=True)
    reader.join()
    took = time.monotonic() - started
    done, largest, of = _read(tally)
    failed = process.returncode != 0
    return Campaign(target, done, took, largest, of, seen[0], seen[1], failed, "".join(last) if failed else "")


def _follow(process: subprocess.Popen[str], last: deque[str], seen: list[int]) -> None:
    assert process.stderr is not None
    for text in process.stderr:
        last.append(text)
        if match := PULSE.match(text):
            seen[:] = map(int, match.groups())


def _read(tally: Path) -> tuple[int, int, int]:
    content = tally.read_bytes() if tally.exists() else b""
    cases, largest, of = (int.from_bytes(content[start : start + 8], "little") for start in (0, 8, 16))
    return cases, largest, of


def table(campaigns: list[Campaign]) -> str:
    """The figures."""
    lines = [
        "| target | cases | cases a second | edges | corpus | largest allocation |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for c in campaigns:
        lines.append(
            f"| `{c.target}`: {SAID[c.target]} | {c.cases:,} | {c.cases / c.seconds:,.0f} | {c.edges} | {c.corpus} "
            f"| {c.largest / 1024:,.0f} KiB, for an input of {c.of:,} bytes |"
        )
    return "\n".join(lines)


def section(campaigns: list[Campaign]) -> str:
    """What `docs/soak.md` says of a run in which nothing got through."""
    total, seconds = sum(c.cases for c in campaigns), sum(c.seconds for c in campaigns)
    return (
        "## Protocol fuzzing\n\n"
        f"**{total:,} cases in {seconds:,.0f} s, starting included: 0 exceptions that are not the grader's own, 0 values that "
        "are not of its making, 0 allocations past the bound, 0 processes asked again after a false word, 0 cases of more than "
        f"{SLOW} seconds.** "
        "The bound for one frame is 256 KiB + 160 times its message + 3 times its payload, as `tests/sandbox/receiving.py` "
        "explains it; the figures are Python's own (`tracemalloc`), which include the elements of tensors.\n\n"
        f"{table(campaigns)}\n\n"
        "Edges are branches in the modules of `autograder` that were taken, the corpus is the inputs that are kept for them"
        f".\n\n{page.circumstances('torch', 'msgspec', 'atheris')}."
    )


def main() -> int:
    """Run all campaigns, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=ENOUGH, help="over all targets; default %(default)s")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so many, even with fewer cases")
    parser.add_argument("--corpus", type=Path, help="where inputs that reach new branches are kept; default: nowhere")
    parser.add_argument("--saved", type=Path, default=Path("results/fuzz"), help="where an input that got through is saved")
    arguments = parser.parse_args()
    saved = arguments.saved.resolve()
    saved.mkdir(parents=True, exist_ok=True)
    campaigns: list[Campaign] = []
    with tempfile.TemporaryDirectory(prefix="autograder-fuzz-") as temporary:
        folder = Path(temporary)
        corpus = arguments.corpus.resolve() if arguments.corpus else folder / "corpus"
        for target, share in SHARES.items():
            cases = -int(-arguments.cases * share // 1)
            seconds = max(1.0, arguments.seconds / len(SHARES)) if arguments.seconds else 0.0
            print(f"{target}: {SAID[target]}; {cases} cases", flush=True)
            campaigns.append(run(target, cases, seconds, folder, corpus, saved))
    print(table(campaigns))
    total, crashes = sum(c.cases for c in campaigns), sum(c.failed for c in campaigns)
    print(f"\n{total} cases, {crashes} crashes; {page.circumstances('torch', 'msgspec', 'atheris')}")
    for campaign in campaigns:
        if campaign.failed:
            print(f"\n{campaign.target} ended with an error:\n{campaign.last}", file=sys.stderr)
    if crashes:
        print(f"the input is in {saved}; to see it again: python -m tests.soak.targets TARGET FILE", file=sys.stderr)
        return 1
    if total < ENOUGH:
        print(f"fewer than {ENOUGH} cases, so docs/soak.md stays as it is")
        return 0
    page.rewrite("fuzz", section(campaigns))
    print("wrote docs/soak.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
