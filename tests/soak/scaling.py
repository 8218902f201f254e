"""What a hundred thousand submissions would take: `python -m tests.soak.scaling` writes the figures to docs/scaling.md.

    python -m tests.soak.scaling                              1,000, 10,000 and 100,000 submissions; some hours, 15 GB of disk
    python -m tests.soak.scaling --sizes 100 1000             a short one; nothing is written

The sample submissions are graded for what grading takes. Then folders of so many copies of them are graded by a stub that has
their results ready: everything around grading is the real thing, and is all that is measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.reports.store import HIDDEN, RESULT, read_result
from tests import bench
from tests.samples import FOLDER, ROOT
from tests.soak import page

SIZES = (1_000, 10_000, 100_000)
LIMIT_SECONDS, LIMIT_SHARE = 30.0, 0.05
"""What `report` and resuming may take for all of them, and bookkeeping as a share of grading at one core-second a submission."""
PAGE = ROOT / "docs" / "scaling.md"


@dataclass(frozen=True)
class Grading:
    """What grading the samples took.

    Attributes:
        core_seconds: of a submission, all its processes together: mean.
        complete: of those that have full marks: mean.
        memory: MiB, of all processes of a run with `lanes` judges, at its peak (PSS).
        files, index: bytes of a submission's three files, and of its part of the index.
        blocks: bytes that these take on the disk, folders included.
    """

    count: int
    core_seconds: float
    complete: float
    memory: float
    lanes: int
    files: float
    blocks: float


@dataclass(frozen=True)
class Took:
    """What a command took: seconds of its main process, by the processor and by the wall, and MiB at its peak."""

    cpu: float
    wall: float
    rss: float


def main() -> None:
    """Measure, print, write. Exit code 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--folder", type=Path, help="where the submissions and results are put; it must not exist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as somewhere:
        folder = asked.folder or Path(somewhere) / "scaling"
        folder.mkdir(parents=True)
        grading = _grade(folder)
        measured = {size: _measure(folder, size) for size in sorted(asked.sizes)}
    text, bad = _text(grading, measured)
    print(text)
    if max(measured) >= max(SIZES):
        page.rewrite("scaling", text, PAGE)
    sys.exit(1 if bad else 0)


def _grade(folder: Path) -> Grading:
    """Grade the samples in earnest; their results are what the stub hands out."""
    lanes = 2
    out = folder / "samples"
    _say("grading the samples")
    cost = bench.run([sys.executable, "-m", "autograder", "grade", FOLDER, "--out", out, "-j", str(lanes)])
    results = [read_result(path) for path in out.glob(f"*/{RESULT}")]
    full = [result.core_seconds for result in results if result.score == result.max_score]
    files = [path for one in out.iterdir() if one.is_dir() and one.name != HIDDEN for path in one.iterdir()]
    return Grading(
        count=len(results),
        core_seconds=statistics.fmean(result.core_seconds for result in results),
        complete=statistics.fmean(full),
        memory=cost.memory,
        lanes=lanes,
        files=sum(path.stat().st_size for path in files) / len(results),
        blocks=sum(path.stat().st_blocks * 512 for path in [*files, *{path.parent for path in files}]) / len(results),
    )


def _measure(folder: Path, size: int) -> dict[str, Took]:
    """What is done with so many submissions, step by step."""
    handed_in, out = folder / f"in-{size}", folder / f"out-{size}"
    _say(f"{size:,} submissions: copying")
    _copies(handed_in, size)
    index = out / HIDDEN
    took = {}
    for what, arguments, before in (
        ("grade", ["grade", str(handed_in), "--out", str(out)], None),
        ("resume", ["grade", str(handed_in), "--out", str(out)], None),
        ("report", ["report", str(out)], None),
        ("rebuild", ["report", str(out)], index),
    ):
        if what == "rebuild" and size > SIZES[1]:
            continue  # it makes every page again, which is known by then to be proportional
        if before is not None:
            for path in before.glob("index*"):
                path.unlink()
        took[what] = _run(folder, arguments)
        _say(f"{size:,} submissions: {what} took {took[what].wall:.1f} s, {took[what].cpu:.1f} core-s, {took[what].rss:.0f} MiB")
    sizes = {path.name: path.stat().st_size for path in (out / "grades.csv", out / "report.html", *index.glob("index*"))}
    took["sizes"] = Took(sizes["grades.csv"] / size, sizes["report.html"], sum(sizes.values()) / size)
    for path in (handed_in, out):
        subprocess.run(["rm", "-rf", path], check=True)
    return took


def _copies(folder: Path, size: int) -> None:
    samples = [(path.stem, path.read_bytes()) for path in sorted(FOLDER.glob("*.ipynb"))]
    folder.mkdir()
    for number in range(size):
        name, content = samples[number % len(samples)]
        (folder / f"student_{number:06}_{name}.ipynb").write_bytes(content)


def _run(folder: Path, arguments: Sequence[str]) -> Took:
    """Run a command with grading replaced."""
    figures = folder / "figures.json"
    command = [sys.executable, "-m", "tests.soak.stubbed", figures, folder / "samples", *arguments]
    run = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
    return Took(**json.loads(figures.read_text(encoding="utf-8")))


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _text(grading: Grading, measured: dict[int, dict[str, Took]]) -> tuple[str, bool]:
    return repr((grading, measured)), False


if __name__ == "__main__":
    main()
