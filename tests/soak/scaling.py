"""What a hundred thousand submissions would take: `python -m tests.soak.scaling` writes the figures to docs/scaling.md.

    python -m tests.soak.scaling                              1,000, 10,000 and 100,000 submissions; some hours, 15 GB of disk
    python -m tests.soak.scaling --sizes 100 1000             a short one; nothing is written

The sample submissions are graded for what grading takes. Then folders of so many copies of them are graded by a stub that has
their results ready: everything around grading is the real thing, and is all that is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.config_file import read_config
from autograder.grading.digests import Digests
from autograder.grading.launch import load_grader
from autograder.reports.dashboard import ROWS
from autograder.reports.folder import open_results
from autograder.reports.store import HIDDEN, RESULT, encode_result, read_result
from autograder.submissions import find_submissions
from tests.bench import measure
from tests.samples import FOLDER, ROOT
from tests.soak import page

SIZES = (1_000, 10_000, 100_000)
LIMIT_SECONDS, LIMIT_SHARE = 30.0, 0.05
"""What `report` and resuming may take for all of them, in core-seconds of their one process: by the wall, that is what it is on a
machine with nothing else to do. And bookkeeping as a share of grading at one core-second a submission."""
MANY = 100_000
"""Submissions that is extrapolated to."""
PAGE = ROOT / "docs" / "scaling.md"


class Grading(msgspec.Struct, frozen=True):
    """What grading the samples took.

    Attributes:
        core_seconds: of a submission, all its processes together: mean.
        complete: of those that have full marks: mean.
        memory: MiB, of all processes of a run with `lanes` judges, at its peak (PSS).
        content: bytes of a submission's three files: mean.
        blocks: bytes that these and their folder take on the disk: mean.
    """

    count: int
    core_seconds: float
    complete: float
    memory: float
    lanes: int
    content: float
    blocks: float


class Took(msgspec.Struct, frozen=True):
    """What a command took: seconds of its main process by the processor, seconds by the wall, and MiB at its peak."""

    cpu: float
    wall: float
    rss: float


class Measured(msgspec.Struct, frozen=True):
    """What was measured with one number of submissions.

    Attributes:
        took: by step.
        csv, html, index: bytes of grades.csv, of report.html, and of the index.
    """

    took: dict[str, Took]
    csv: int
    html: int
    index: int


class State(msgspec.Struct):
    """What was measured so far; kept in a file, if that is wanted."""

    grading: Grading | None = None
    sizes: dict[int, Measured] = {}


STEPS = {
    "grade": "all but the grading itself",
    "resume": "the same command again, with nothing left to grade",
    "report": "`autograder report`, all pages current",
    "rebuild": "the same without the index: every page is made again",
}


def main() -> None:
    """Measure, print, write. Exit code 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--plant", action="store_true", help="put the results of the largest number there at once")
    parser.add_argument("--state", type=Path, help="file that keeps what was measured, and what is not measured again")
    asked = parser.parse_args()
    state = msgspec.json.decode(asked.state.read_bytes(), type=State) if asked.state and asked.state.exists() else State()
    with tempfile.TemporaryDirectory() as somewhere:
        samples = Path(somewhere) / "samples"
        _say("grading the samples")
        graded = _grade(samples)
        state.grading = state.grading or graded
        for size in sorted(set(asked.sizes) - set(state.sizes)):
            state.sizes[size] = _measure(Path(somewhere), samples, size, plant=asked.plant and size == max(asked.sizes))
            if asked.state:
                asked.state.write_bytes(msgspec.json.encode(state))
            for path in Path(somewhere).glob(f"*-{size}"):
                shutil.rmtree(path)
    text, bad = report(state.grading, state.sizes)
    print(text)
    if max(state.sizes) >= max(SIZES):
        page.rewrite("scaling", text, PAGE)
    sys.exit(1 if bad else 0)


def _grade(out: Path) -> Grading:
    """Grade the samples in earnest; their results are what the stub hands out."""
    lanes = len(os.sched_getaffinity(0))
    command: list[str | Path] = [sys.executable, "-m", "autograder", "grade", FOLDER, "--out", out, "-j", str(lanes)]
    cost = measure.run(command, looks=measure.SELDOM)
    results = [read_result(path) for path in out.glob(f"*/{RESULT}")]
    full = [result.core_seconds for result in results if result.score == result.max_score]
    files = [path for one in out.iterdir() if one.is_dir() and one.name != HIDDEN for path in one.iterdir()]
    return Grading(
        count=len(results),
        core_seconds=statistics.fmean(result.core_seconds for result in results),
        complete=statistics.fmean(full),
        memory=cost.memory,
        lanes=lanes,
        content=sum(path.stat().st_size for path in files) / len(results),
        blocks=sum(path.stat().st_blocks * 512 for path in [*files, *{path.parent for path in files}]) / len(results),
    )


def _measure(folder: Path, samples: Path, size: int, *, plant: bool) -> Measured:
    """What is done with so many submissions, step by step; without those that write results or pages if results are planted."""
    handed_in, out = folder / f"in-{size}", folder / f"out-{size}"
    _say(f"{size:,} submissions: copying")
    _copies(handed_in, size)
    took = {}
    if plant:
        _plant(samples, handed_in, out)
    for step in ("resume", "report") if plant else STEPS:
        if step == "rebuild":
            for path in (out / HIDDEN).glob("index*"):
                path.unlink()
        arguments: list[str | Path] = ["grade", handed_in, "--out", out] if step in ("grade", "resume") else ["report", out]
        took[step] = one = _run(folder / "figures.json", samples, arguments)
        _say(f"{size:,} submissions: {step} took {one.wall:.1f} s, {one.cpu:.1f} core-s, {one.rss:.0f} MiB")
    index = sum(path.stat().st_size for path in (out / HIDDEN).glob("index*"))
    return Measured(took, (out / "grades.csv").stat().st_size, (out / "report.html").stat().st_size, index)


def _copies(folder: Path, size: int) -> None:
    samples = [(path.stem, path.read_bytes()) for path in sorted(FOLDER.glob("*.ipynb"))]
    folder.mkdir()
    for number in range(size):
        name, content = samples[number % len(samples)]
        (folder / f"student_{number:06}_{name}.ipynb").write_bytes(content)


def _plant(samples: Path, handed_in: Path, out: Path) -> None:
    """Put results and pages there as a run would have left them, but for the names on the pages."""
    config = read_config(ROOT / "grading_config.yaml")
    key = load_grader(config).key
    folders = {read_result(path).digest: path.parent for path in samples.glob(f"*/{RESULT}")}
    results = {digest: read_result(path / RESULT) for digest, path in folders.items()}
    pages = {digest: [(path, path.read_bytes()) for path in folder.iterdir()] for digest, folder in folders.items()}
    out.mkdir()
    with open_results(out, config) as folder:
        digests = Digests(folder.own)
        for found in find_submissions([handed_in]):
            digest = digests.of(found)
            result = msgspec.structs.replace(results[digest], name=found.name, source=found.path, bundle=key)
            place = out / found.name
            place.mkdir()
            for path, content in pages[digest]:
                (place / path.name).write_bytes(encode_result(result) if path.name == RESULT else content)
            folder.adopt(result)


def _run(figures: Path, samples: Path, arguments: Sequence[str | Path]) -> Took:
    """Run a command with grading replaced."""
    command: list[str | Path] = [sys.executable, "-m", "tests.soak.stubbed", figures, samples, *arguments]
    started = time.monotonic()
    run = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    wall = time.monotonic() - started
    if run.returncode:
        raise SystemExit(f"{arguments[0]} failed:\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
    return Took(wall=wall, **json.loads(figures.read_text(encoding="utf-8")))


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _line(sizes: dict[int, Measured], step: str, figure: str) -> tuple[float, float]:
    """What a step takes for no submission, and for each, by the smallest and the largest number of them."""
    (few, one), (many, other) = ((size, getattr(sizes[size].took[step], figure)) for size in (min(sizes), max(sizes)))
    each = (other - one) / (many - few) if many > few else one / few
    return one - each * few, each


def _at(sizes: dict[int, Measured], step: str, figure: str, size: int) -> float:
    start, each = _line(sizes, step, figure)
    return start + each * size


def report(grading: Grading, sizes: dict[int, Measured]) -> tuple[str, bool]:
    """The section, and whether a limit was passed."""
    largest = max(sizes)
    graded = max(size for size, measured in sizes.items() if "grade" in measured.took)
    base = sizes[graded].took["resume"]
    each = (sizes[graded].took["grade"].cpu - base.cpu) / graded  # core-seconds of the main process
    waits = (sizes[graded].took["grade"].wall - base.wall) / graded  # seconds, in which the disk answers
    pages = (sizes[graded].took["rebuild"].cpu - sizes[graded].took["report"].cpu) / graded
    slow = {step: sizes[largest].took[step].cpu for step in ("resume", "report")}
    bad = each > LIMIT_SHARE or any(seconds > LIMIT_SECONDS for seconds in slow.values())
    rows = [
        f"| {size:,} | {step}: {words} | {took.wall:,.1f} s | {took.cpu:,.1f} core-s | {took.cpu / size * 1000:.2f} ms "
        f"| {took.rss:,.0f} MiB |"
        for size, measured in sorted(sizes.items())
        for step, words in STEPS.items()
        if (took := measured.took.get(step))
    ]
    per_result = _line(sizes, "report", "rss")[1] * (1 << 20)
    cores = grading.core_seconds / max(each, waits)
    index, html = sizes[largest].index / largest, sizes[largest].html / 1e6
    hours = grading.core_seconds * MANY / 3600
    ends = _at(sizes, "resume", "rss", MANY)
    limits = {}
    for step in slow:
        start, each_one = _line(sizes, step, "cpu")
        limits[step] = (LIMIT_SECONDS - start) / each_one
    table = "\n".join(rows)
    planted = (
        f" The results of {largest:,} were put there at once, as a run would have left them: grading them, and making all their "
        "pages, was not run at that size."
        if graded < largest
        else ""
    )
    text = f"""
## Measured

Grading, {grading.count} sample submissions in earnest with {grading.lanes} judges: **{grading.core_seconds:.2f} core-seconds
a submission** ({grading.complete:.2f} for those with full marks; the others wait for time limits, or are judged a second time),
and {grading.memory:,.0f} MiB for all processes together at the peak. On the disk a submission takes
{grading.content / 1000:.0f} kB in three files, **{grading.blocks / 1000:.0f} kB with what the file system adds**, and
{index:,.0f} bytes of the index.

Everything else, with grading replaced by results that were ready.{planted}

| submissions | step | wall | processor | a submission | memory at the peak |
| --- | --- | --- | --- | --- | --- |
{table}

Bookkeeping of a submission that is graded takes **{each * 1000:.1f} ms of the main process, {each:.2%} of one core-second**
(limit {LIMIT_SHARE:.0%}), and {waits * 1000:.0f} ms by the wall, most of it until the disk has the result. With
{largest:,} submissions, resuming takes **{slow["resume"]:.0f} core-seconds** and `report` **{slow["report"]:.0f}**
(limit {LIMIT_SECONDS:.0f} each), all of them in one process, the start of the command included; a result takes
{per_result / 1000:.1f} kB of memory. `report.html` of {largest:,} has {html:.1f} MB, `grades.csv`
{sizes[largest].csv / 1e6:.1f} MB.

`report` does so by leaving pages alone that are current. To make them all again, after a change to the configuration or the
package, takes {pages * 1000:.1f} ms a submission: {pages * MANY / 60:.0f} minutes for {MANY:,}.

## Extrapolated to {MANY:,} submissions

| what | how much |
| --- | --- |
| grading | {hours:,.0f} core-hours: {hours / 2:,.0f} hours on 2 cores, {hours / 32:,.1f} on 32 |
| bookkeeping | {each * MANY / 60:,.0f} minutes of one core, beside it |
| results on the disk | {(grading.blocks + index) * MANY / 1e9:,.1f} GB in {3 * MANY:,} files |
| memory of the main process at its end | {ends:,.0f} MiB |

What becomes the bottleneck:

- The judges, up to about **{cores:,.0f} cores**. The main process writes results one after another, at most
  {1 / max(each, waits):,.0f} a second on this disk; beyond that, split a class by folders, with an `--out` each.
- From about {limits["report"]:,.0f} submissions in one folder, `report` takes longer than {LIMIT_SECONDS:.0f} core-seconds, and
  resuming from about {limits["resume"]:,.0f}: each looks at every file, and resuming reads every submission for its digest.
- `report.html` lists no more than {ROWS:,} submissions, so that a browser can show it; `grades.csv` has all of them.

{page.circumstances("torch", "msgspec")}.
"""
    return text.strip(), bad


if __name__ == "__main__":
    main()
