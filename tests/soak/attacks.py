"""Does every attack fail on every kind of machine? Runs the whole attack set in each, and says which got through.

    python -m tests.soak.attacks                            all attacks, on three platforms and without a layer each; an hour
    python -m tests.soak.attacks "not root" --only nan      some of it; nothing is written

A platform is the command line, run as its users would be there: as root of a machine of its own, as a user who is not root, and
as root of a default container, which may neither mount nor unshare. Exit code 1 if an attack got through where none may.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.attacks.running import DEFAULT_CONTAINER, selftest
from tests.commands import NOT_ROOT
from tests.soak import page

SECONDS = 3 * 3600
"""Most that one campaign may take."""


@dataclass(frozen=True)
class Ground:
    """Where the set is run: through which command, without which layer, and whether all of it must hold there."""

    through: tuple[str, ...] = ()
    without: str = ""
    must_hold: bool = True


GROUNDS = {
    "root, all layers": Ground(),
    "not root": Ground(NOT_ROOT),
    "default container": Ground(DEFAULT_CONTAINER),
    "without namespaces": Ground(without="namespaces"),
    "without a user of its own": Ground(without="user"),
    "without Landlock": Ground(without="landlock"),
    "without seccomp": Ground(without="seccomp", must_hold=False),
    "without DUMPABLE=0 and PDEATHSIG": Ground(without="dumpable", must_hold=False),
    "without wiping the environment": Ground(without="environment", must_hold=False),
}


@dataclass(frozen=True)
class Campaign:
    """How one run of the set ended: how many attacks there were, which succeeded, what was missing, what was left behind."""

    attacks: int
    succeeded: tuple[str, ...]
    missing: tuple[str, ...]
    damage: bool
    code: int
    seconds: float


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grounds", nargs="*", choices=[[], *GROUNDS], help="default: all of them")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="attacks whose name contains one")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("becoming the users of other platforms needs root")
    found: dict[str, Campaign] = {}
    for name in asked.grounds or GROUNDS:
        found[name] = _run(GROUNDS[name], asked.only)
        print(f"{name}: {_row(name, found[name])}", file=sys.stderr, flush=True)
    text = _section(found)
    print(text)
    if not asked.grounds and not asked.only:
        page.rewrite("attacks", text)
    sys.exit(1 if any(GROUNDS[name].must_hold and one.code != 0 for name, one in found.items()) else 0)


def _run(ground: Ground, only: list[str]) -> Campaign:
    started = time.monotonic()
    without = ("--without", ground.without) if ground.without else ()
    ended: subprocess.CompletedProcess[str] = selftest("-j", "2", *only, *without, through=ground.through, seconds=SECONDS)
    if ended.returncode not in (0, 1):
        sys.exit(ended.stdout + ended.stderr)
    rows = [[cell.strip() for cell in line.strip("│ ").split("│")] for line in ended.stdout.splitlines() if line.startswith("│")]
    return Campaign(
        attacks=sum(int(row[1]) for row in rows if row[0]),
        succeeded=tuple(re.findall(r"^(?:succeeded|known open): (\S+):", ended.stdout, re.MULTILINE)),
        missing=tuple(re.findall(r"^missing  (.*)$", ended.stdout, re.MULTILINE)),
        damage=any("nothing left" not in row[5] for row in rows if row[0]),
        code=ended.returncode,
        seconds=time.monotonic() - started,
    )


def _row(name: str, one: Campaign) -> str:
    held = one.attacks - len(one.succeeded)
    got = ", ".join(f"`{attack}`" for attack in one.succeeded) or "none"
    left = "SOMETHING" if one.damage else "nothing"
    return f"| {name} | {held} of {one.attacks} | {got} | {left} | {'; '.join(one.missing) or 'none'} | {one.seconds:,.0f} s |"


def _section(found: dict[str, Campaign]) -> str:
    total, through = sum(one.attacks for one in found.values()), sum(len(one.succeeded) for one in found.values())
    rows = "\n".join(_row(name, one) for name, one in found.items())
    return f"""
## The attack set, on every platform and without each layer

**{total:,} attacks in {len(found)} campaigns: {through} got through.** Each is `autograder selftest`, whole: after each
attack the next submission's result must be what it was, and no process or file may be left.

| platform | held | got through | left behind | layers missing | took |
| --- | --- | --- | --- | --- | --- |
{rows}

{page.circumstances("torch")}.
"""


if __name__ == "__main__":
    main()
