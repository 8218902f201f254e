"""Draws docs/screenshots: a made-up class in; its report, a student's page and a pair that is alike out, in light and dark.

    python -m tests.reports.screenshots
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import msgspec

from autograder.reports import overviews
from autograder.reports.feedback import LOSSES, render_feedback
from autograder.results import Excerpt, Outcome, SubmissionResult
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
SHOTS = (
    ("report.html", "#look", "report"),
    ("report.html", "#heat", "heat-map"),
    ("similarity.html", "#code-1", "similarity"),
    ("feedback.html", "#q1", "feedback"),
    ("feedback.html", "section:has(.scale)", "training"),
)


def main() -> None:
    """Write a picture of each part of a page, in both schemes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as somewhere, chromium() as browser:
        out = Path(somewhere)
        _, report = overviews(factory.crowd(CROWD, odd=True), out, factory.config())
        report.write_text(report.read_text().replace(factory.SECRET, ""))
        (out / "similarity.html").write_bytes(_similar())
        (out / "feedback.html").write_bytes(render_feedback(a_student(), factory.config()))
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 1180, "height": 620})
            for file, place, name in SHOTS:
                page.goto((out / file).as_uri())
                page.locator(place).evaluate("(node) => { (node.closest('details') ?? {}).open = true; node.scrollIntoView() }")
                page.mouse.move(400, 400)
                page.wait_for_timeout(100)
                page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
            page.close()


def a_student() -> SubmissionResult:
    """One submission with what a student meets most often, in the words of the shipped assignment."""
    lines = Excerpt(cell=4, first=14, marked=16, lines=(
        "    def backward(self, dupstream):", "        self.weight_grad = self.x.T @ dupstream",
        "        self.bias_grad = dupstream.mean(dim=0)", "        return dupstream @ self.weight.T",
    ))  # fmt: skip
    tests = (
        factory.case(title="forward gives x @ weight + bias", points=6.0, message="Right."),
        factory.case(
            Outcome.FAILED, points=6.0, title="backward stores the gradient of the bias", name="b", excerpt=lines,
            message="The gradient of the bias differs from what autograd computes.", expected="shape (5,), summed over the batch",
            actual="shape (5,); largest difference 4.21 at [3]", help=None,
            hint="Yours is the right one divided by the batch size: the same bias acts on every row, so add up over the batch.",
        ),
        factory.case(hidden=True, points=6.0, name="c", message="Right."),
    )  # fmt: skip
    losses = {LOSSES: tuple(0.35 + 2.0 * 0.97**step + 0.12 * math.sin(step * 1.7) for step in range(120))}
    last = factory.perfect()[-1]
    drawn = msgspec.structs.replace(last, tests=(msgspec.structs.replace(last.tests[0], series=losses), *last.tests[1:]))
    rest = tuple(one for one in factory.perfect()[1:-1])
    return factory.submission("ada-lovelace", (factory.question("linear", tests), *rest, drawn))


def _similar() -> bytes:
    texts = [*(answers(seed) for seed in range(12)), disguised(answers(3))]
    compared = [Own(f"student_{at:05}", "\n\n".join(cells), False) for at, cells in enumerate(texts)]
    prints = [Fingerprints(TEMPLATE).of(one.text) for one in compared]
    return render_similarity(compared, compared, prints, rank(prints), factory.config())


if __name__ == "__main__":
    main()
