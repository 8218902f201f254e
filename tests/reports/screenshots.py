"""Draws docs/screenshots: a made-up class in, its report and a pair of similar submissions in light and dark out.

    python -m tests.reports.screenshots
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from autograder.reports import overviews
from autograder.similarity.fingerprints import Fingerprints
from autograder.similarity.page import render_similarity
from autograder.similarity.pairs import rank
from autograder.similarity.sources import Own
from tests.reports import factory
from tests.reports.chromium import chromium
from tests.samples import ROOT
from tests.similarity.students import TEMPLATE, answers, disguised

FOLDER = ROOT / "docs" / "screenshots"
CROWD = 160
SHOTS = (("report.html", "#look", "report"), ("report.html", "#heat", "heat-map"), ("similarity.html", "#code-1", "similarity"))


def main() -> None:
    """Write a picture of each part of a page, in both schemes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as somewhere, chromium() as browser:
        out = Path(somewhere)
        _, report = overviews(factory.crowd(CROWD, odd=True), out, factory.config())
        report.write_text(report.read_text().replace(factory.SECRET, ""))
        (out / "similarity.html").write_bytes(_similar())
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 1180, "height": 620})
            for file, place, name in SHOTS:
                page.goto((out / file).as_uri())
                page.locator(place).evaluate("(node) => { (node.closest('details') ?? {}).open = true; node.scrollIntoView() }")
                page.mouse.move(400, 400)
                page.wait_for_timeout(100)
                page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
            page.close()


def _similar() -> bytes:
    texts = [*(answers(seed) for seed in range(12)), disguised(answers(3))]
    compared = [Own(f"student_{at:05}", "\n\n".join(cells), False) for at, cells in enumerate(texts)]
    prints = [Fingerprints(TEMPLATE).of(one.text) for one in compared]
    return render_similarity(compared, compared, prints, rank(prints), factory.config())


if __name__ == "__main__":
    main()
