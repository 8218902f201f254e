"""Writes sections of `docs/soak.md`: what a campaign measured, on which machine, with which versions."""

from __future__ import annotations

import datetime
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
TITLE = """# Soak tests

What `make soak` found. Each section is rewritten, between its two marks, by the campaign that it tells of; nothing in one is
written by hand.
"""


def rewrite(name: str, text: str, page: Path = PAGE) -> None:
    """Put a campaign's section in the place of its last one, or at the end."""
    start, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{start}\n{text.strip()}\n{end}"
    old = page.read_text(encoding="utf-8") if page.exists() else TITLE
    there = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    new = there.sub(lambda match: section, old) if there.search(old) else f"{old.rstrip()}\n\n{section}\n"
    page.write_text(new, encoding="utf-8")


def circumstances(*packages: str) -> str:
    """Day, machine and versions, in a sentence."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    day = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{day}; {len(os.sched_getaffinity(0))} cores ({model}, {platform.machine()}), {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, {versions}"
    )
