"""Measures what a large class costs: a made-up class in; seconds of `report`, bytes of its page, and how fast it is drawn out.

    python -m tests.reports.measure [SUBMISSIONS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from autograder.reports import write_reports
from autograder.reports.store import encode_result
from autograder.similarity.fingerprints import Fingerprints
from autograder.similarity.pairs import rank
from tests.reports import factory
from tests.reports.chromium import chromium
from tests.similarity.students import TEMPLATE, answers

LOADS = 7
ALIKE = 200


def main() -> None:
    """Print the figures of docs/reports.md."""
    amount = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as somewhere:
        out = Path(somewhere)
        for result in factory.crowd(amount):
            (out / result.name).mkdir()
            (out / result.name / "result.json").write_bytes(encode_result(result))
        for what in ("with all pages to be made", "with all pages current"):
            wall, processor = time.perf_counter(), time.process_time()
            write_reports(out, factory.config())
            _say(f"report of {amount:,}, {what}", time.perf_counter() - wall, time.process_time() - processor)
        page = out / "report.html"
        print(f"report.html: {page.stat().st_size / 1e6:.1f} MB")
        _browse(page)
    wall, processor = time.perf_counter(), time.process_time()
    fingerprints = Fingerprints(TEMPLATE)
    prints = [fingerprints.of("\n\n".join(answers(seed))) for seed in range(ALIKE)]
    _say(f"fingerprints of {ALIKE}", time.perf_counter() - wall, time.process_time() - processor)
    wall, processor = time.perf_counter(), time.process_time()
    rank(prints)
    _say(f"ranking of {ALIKE}", time.perf_counter() - wall, time.process_time() - processor)


def _say(what: str, wall: float, processor: float) -> None:
    print(f"{what}: {wall:.1f} s, {processor:.1f} s of the processor")


def _browse(path: Path) -> None:
    """From the file's last byte to a page that is drawn and answers; and what a search and a sort take."""
    drawn, found, ordered = [], [], []
    with chromium() as browser:
        for _ in range(LOADS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            drawn.append(page.evaluate(_UNTIL_DRAWN))
            found.append(page.evaluate(_TAKES, "search"))
            ordered.append(page.evaluate(_TAKES, "sort"))
            page.close()
    for what, times in (("drawn after", drawn), ("a search takes", found), ("a sort takes", ordered)):
        print(f"{what} {statistics.median(times):.0f} ms, {min(times):.0f} at best")


_UNTIL_DRAWN = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
  done(performance.now() - performance.getEntriesByType("navigation")[0].responseEnd);
})))"""
_TAKES = """(what) => new Promise((done) => {
  const search = document.querySelector("[name=search]"), begin = performance.now();
  if (what === "search") {
    search.value = "student_0007";
    search.dispatchEvent(new Event("input", { bubbles: true }));
  } else document.querySelectorAll("#submissions th")[2].click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
})"""


if __name__ == "__main__":
    main()
