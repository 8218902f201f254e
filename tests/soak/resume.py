"""Is anything lost when a run is killed? Grades a class once undisturbed, and once killed again and again and resumed.

    python -m tests.soak.resume                               200 submissions, killed 20 times; about twenty minutes
    python -m tests.soak.resume --submissions 12 --kills 3    a short one; nothing is written

The main process is killed with SIGKILL at random moments: some while it starts, the others at some number of results and a
random time after it. The same command then goes on. In the end each mark and verdict must be that of the undisturbed run, each
result that was there at a kill must be there unchanged, and no file may be half written or left over. Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import AutograderError
from autograder.reports.changes import changes
from autograder.reports.store import GRADESCOPE, HIDDEN, RESULT, read_result
from tests.samples import FOLDER, ROOT
from tests.soak import page

SUBMISSIONS, KILLS, SEED = 200, 20, 2024
MIX = (
    "complete", "half_done", "untouched_template", "mistake_step_uphill", "os_exit", "syntax_error_in_one_class",
    "mistake_softmax_over_the_batch", "patches_torch_allclose", "uses_torch_nn", "mistake_bias_grad_averaged",
)  # fmt: skip
"""Samples that are graded quickly and differ in what they earn and in how their processes end."""
START_SECONDS, AFTER_SECONDS = 6.0, 3.0
"""A kill comes at most so long after the start, if it is meant to come while the run starts, or after the last awaited result."""
EARLY = 0.2
"""Share of the kills that come while the run starts."""


@dataclass
class Seen:
    """What was found after the kills.

    Attributes:
        at: how many results there were at each kill.
        versions: submission -> contents of its `result.json` that were seen.
        torn: files of results that could not be read.
        lost: results that were there at a kill, and not at a later one.
        leftovers: kills after which temporary files lay about.
    """

    at: list[int] = field(default_factory=list)
    versions: dict[str, set[bytes]] = field(default_factory=dict)
    torn: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    leftovers: int = 0


def main() -> None:
    """Grade, kill, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED, help="of the hidden inputs, and of the moments of the kills")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as somewhere:
        folder = Path(somewhere)
        handed_in = _class(folder / "in", asked.submissions)
        started = time.monotonic()
        _run(handed_in, folder / "calm", asked.seed).wait()
        calm = time.monotonic() - started
        seen, started = Seen(), time.monotonic()
        for number in range(asked.kills):
            aim = asked.submissions * (number + 1) // (asked.kills + 1)
            _killed(handed_in, folder / "killed", asked.seed, aim, chance)
            _look(folder / "killed", seen)
            print(f"kill {number + 1} of {asked.kills}: {seen.at[-1]} of {asked.submissions} results", file=sys.stderr)
        code = _run(handed_in, folder / "killed", asked.seed).wait()
        text, bad = _report(folder, seen, code, calm, time.monotonic() - started)
    print(text)
    if asked.submissions >= SUBMISSIONS and asked.kills >= KILLS:
        page.rewrite("resume", text)
    sys.exit(1 if bad else 0)


def _class(folder: Path, size: int) -> Path:
    folder.mkdir()
    for number in range(size):
        name = MIX[number % len(MIX)]
        shutil.copy(FOLDER / f"{name}.ipynb", folder / f"student_{number:04}_{name}.ipynb")
    return folder


def _run(handed_in: Path, out: Path, seed: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autograder", "grade", handed_in, "--out", out, "--seed", seed]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _count(out: Path) -> int:
    return sum(1 for _ in out.glob(f"*/{RESULT}"))


def _killed(handed_in: Path, out: Path, seed: int, aim: int, chance: random.Random) -> None:
    """Start the command and kill its main process: while it starts, or some time after there are `aim` results."""
    early, delay = chance.random() < EARLY, chance.random()
    run = _run(handed_in, out, seed)
    while not early and run.poll() is None and _count(out) < aim:
        time.sleep(0.02)
    time.sleep(delay * (START_SECONDS if early else AFTER_SECONDS))
    if run.poll() is not None:
        print("it had ended before it was killed", file=sys.stderr)
    run.send_signal(signal.SIGKILL)
    run.wait()


def _look(out: Path, seen: Seen) -> None:
    """Note what there is after a kill."""
    there = set()
    for path in out.glob(f"*/{RESULT}"):
        there.add(path.parent.name)
        seen.versions.setdefault(path.parent.name, set()).add(path.read_bytes())
        seen.torn += _torn(path.parent)
    seen.at.append(len(there))
    seen.lost |= set(seen.versions) - there
    seen.leftovers += any(out.rglob(".*.tmp"))


def _torn(folder: Path) -> list[str]:
    """The files of a submission that are not whole."""
    found = []
    try:
        read_result(folder / RESULT)
    except AutograderError as error:
        found.append(str(error))
    try:
        json.loads((folder / GRADESCOPE).read_bytes())
    except (OSError, ValueError) as error:
        found.append(f"{folder.name}: {GRADESCOPE}: {error}")
    try:
        whole = (folder / "feedback.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    except (OSError, ValueError):
        whole = False
    return [*found, *([] if whole else [f"{folder.name}: feedback.html is not whole"])]


def _report(folder: Path, seen: Seen, code: int, calm: float, killed: float) -> tuple[str, bool]:
    """The section, and whether anything in it is bad."""
    names = sorted(path.parent.name for path in (folder / "calm").glob(f"*/{RESULT}"))
    marks, verdicts, missing = list[str](), list[str](), list[str]()
    for name in names:
        try:
            one, other = (read_result(folder / run / name / RESULT) for run in ("calm", "killed"))
        except AutograderError as error:
            missing.append(str(error))
            continue
        marks += [f"{name}: {change}" for change in changes(one, other)]
        tests = [[test.outcome for question in result.questions for test in question.tests] for result in (one, other)]
        if tests[0] != tests[1]:
            verdicts.append(name)
    kills = len(seen.at)
    _look(folder / "killed", seen)
    twice = [name for name, versions in seen.versions.items() if len(versions) > 1]
    rows = [(folder / run / "grades.csv").read_bytes() for run in ("calm", "killed")]
    left = [str(path) for path in (folder / "killed").rglob(".*.tmp")] + [
        str(path) for path in (folder / "killed" / HIDDEN).glob("staged/*")
    ]
    bad = [*marks, *verdicts, *missing, *twice, *seen.torn, *seen.lost, *left, *([] if rows[0] == rows[1] else ["grades.csv"])]
    early = sum(count for at, count in Counter(seen.at[:kills]).items() if at == 0)
    text = f"""
## Runs that were killed

**{len(names)} submissions, graded by a run whose main process was killed {kills} times with SIGKILL and resumed with the same
command: {len(marks)} marks and {len(verdicts)} verdicts differ from those of an undisturbed run, {len(twice)} submissions
were graded twice, {len(seen.lost) + len(missing)} results were lost, {len(seen.torn)} files were half written, {len(left)} left
over.**
`grades.csv` {'is the same, byte for byte' if rows[0] == rows[1] else 'DIFFERS'}; the last run ended with exit code {code}.

There were {', '.join(map(str, seen.at[:kills]))} results at the kills; {early} of these came before there was any.
After {seen.leftovers} kills a temporary file lay about, which the next run removed. The undisturbed run took {calm:,.0f} s, and
the killed ones {killed:,.0f} s together, {kills + 1} starts included. The samples are {', '.join(MIX)}.

{page.circumstances("torch")}.
"""
    for line in bad[:20]:
        print(f"BAD: {line}", file=sys.stderr)
    return text.strip(), bool(bad)


if __name__ == "__main__":
    main()
