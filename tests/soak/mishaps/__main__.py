"""Do messy notebooks lose marks? Complete solutions in random combinations of mishaps, graded: `python -m tests.soak.mishaps`.

    python -m tests.soak.mishaps                                  2,000 notebooks; writes docs/soak.md
    python -m tests.soak.mishaps --notebooks 100 --seed 7         other ones, and fewer; nothing is written
    python -m tests.soak.mishaps --single                         every mishap by itself, several times each
    python -m tests.soak.mishaps --spread                         every mishap once, on few notebooks; quick
    python -m tests.soak.mishaps --again "original + tabs 1 0"    the one that a line of the output names, and what was handed in

Exit code 1 if a notebook lost marks that it must not lose. Each one that did is cut down to the fewest mishaps that still do it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from autograder.config_file import read_config
from autograder.grading.launch import lanes_for, sandbox_for
from tests.samples import ROOT
from tests.soak import page
from tests.soak.mishaps.catalogue import CATALOGUE
from tests.soak.mishaps.grading import grade, open_grader, shrink
from tests.soak.mishaps.plans import Bench, Made, Plan, plans, spread
from tests.soak.mishaps.report import report
from tests.soak.mishaps.storing import hand_in

NOTEBOOKS, SEED, SINGLE, SPREAD = 2000, 20261126, 8, 14
FEWEST = 50
"""Examples to draw at a time: the first one of each time is the simplest there is, again."""
UNHURRIED = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)  # hypothesis draws; cutting down is done where many can be graded at once


def main() -> None:
    """Draw, grade, cut down, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=NOTEBOOKS, help="how many")
    parser.add_argument("--seed", type=int, default=SEED, help="which ones are drawn")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after which no more are graded")
    parser.add_argument("--jobs", type=int, default=0, help="how many at a time; 0 is one a core")
    parser.add_argument("--single", action="store_true", help="one mishap to a notebook, every one equally often")
    parser.add_argument("--spread", action="store_true", help="every mishap once, on few notebooks")
    parser.add_argument("--only", nargs="+", choices=CATALOGUE, default=(), metavar="MISHAP", help="with --single: these")
    parser.add_argument("--again", metavar="PLAN", help="one notebook, as a line of the output names it")
    parser.add_argument("--keep", type=Path, help="with --again: a folder for what was handed in")
    asked = parser.parse_args()
    config, started = read_config(ROOT / "grading_config.yaml"), time.monotonic()
    with sandbox_for(config, lanes_for(asked.jobs, asked.notebooks), submissions=asked.notebooks) as sandbox:
        grader = open_grader(config)
        bench = Bench(grader.assignment)
        if asked.again:
            made = [bench.again(Plan.parse(asked.again))]
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                print(f"handed in: {hand_in(made[0].work, asked.keep)}")
        elif asked.spread:
            made = spread(bench, SPREAD)
        elif asked.single:
            made = single(bench, asked.only or list(CATALOGUE), asked.seed)
        else:
            made = drawn(bench, asked.notebooks, asked.seed)
        verdicts = grade(grader, sandbox, made, "notebooks", until=started + 60 * asked.minutes)
        seconds = time.monotonic() - started
        bad = [verdict for verdict in verdicts if verdict.lost]
        smallest = shrink(bench, grader, sandbox, bad)
    text, details = report(verdicts, smallest, seconds)
    print(f"\n{text}\n\n{details}")
    if not (asked.again or asked.single or asked.spread) and asked.notebooks >= NOTEBOOKS:
        page.rewrite("mishaps", text)
    sys.exit(1 if bad else 0)


def drawn(bench: Bench, wanted: int, number: int) -> list[Made]:
    """So many different works with mishaps: the same ones for the same number."""
    found: dict[str, Made] = {}
    while len(found) < wanted:
        found |= _draw(plans(bench), max(FEWEST, wanted - len(found)), number)
        number += 1
    return list(found.values())[:wanted]


def single(bench: Bench, names: Sequence[str], number: int) -> list[Made]:
    """Every one of these mishaps by itself, several times, on different bases."""
    found: dict[str, Made] = {}
    for name in names:
        found |= dict(list(_draw(plans(bench, among=[name], most=1), 5 * SINGLE, number).items())[:SINGLE])
    return list(found.values())


def _draw(strategy: SearchStrategy[Made], examples: int, number: int) -> dict[str, Made]:
    """Up to so many works, by their plans."""
    found: dict[str, Made] = {}

    @seed(number)
    @settings(UNHURRIED, max_examples=examples)
    @given(strategy)
    def collect(made: Made) -> None:
        if made.plan.steps:
            found.setdefault(str(made.plan), made)

    collect()
    return found


if __name__ == "__main__":
    main()
