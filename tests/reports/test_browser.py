"""The pages in a real browser: whole by themselves, quiet, and readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.reports import write_reports, write_submission
from tests.reports import factory
from tests.reports.chromium import chromium

PAGES = ["report.html", "ada/feedback.html", "cyd/feedback.html", "mallory/feedback.html", "eve/feedback.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    hostile = factory.hostile("<img src=http://example.org/x onerror=alert(1)><script>alert(1)</script>" + "x" * 500)
    for result in [*factory.classroom(), hostile, factory.weakened(factory.submission("zed"), "Landlock")]:
        write_submission(result, out, factory.config())
    write_reports(out, factory.config())
    return out


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_quiet_and_fits_a_phone(browser: Any, results: Path, name: str, scheme: str) -> None:
    """At 360 pixels nothing overflows, nothing is fetched, no dialog opens, and the console stays empty."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    heard: list[str] = []
    requests: list[str] = []

    def dismissed(dialog: Any) -> None:
        heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", dismissed)
    page.on("request", lambda request: requests.append(request.url))
    address = (results / name).as_uri()
    page.goto(address)
    width = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    page.close()
    assert requests == [address]
    assert heard == []
    assert width <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_has_enough_contrast(browser: Any, results: Path, name: str, scheme: str) -> None:
    """Each text of a page has a contrast of 4.5 or more with what is behind it, in light and dark."""
    page = browser.new_page(color_scheme=scheme)
    page.goto((results / name).as_uri())
    worst = page.evaluate(
        """() => {
          const light = (colour) => {
            const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255);
            const [r, g, b] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = (node) => {
            const colour = getComputedStyle(node).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
            return node.parentElement ? behind(node.parentElement) : getComputedStyle(document.body).backgroundColor;
          };
          const ratios = [...document.body.querySelectorAll("*")].filter((node) => node.textContent.trim()).map((node) => {
            const pair = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
          });
          return Math.min(...ratios);
        }"""
    )
    page.close()
    assert worst >= 4.5


def test_a_table_is_sorted_by_pressing_a_heading(browser: Any, results: Path) -> None:
    """The scripts run under the page's own policy: pressing `total` sorts by it, and once more turns it round."""
    page = browser.new_page()
    page.goto((results / "report.html").as_uri())
    heading = page.locator("#submissions th", has_text="total")
    cells = page.locator("#submissions tbody tr td:nth-child(3)")
    heading.click()
    page.locator("#submissions th[aria-sort=ascending]").wait_for()
    up = [float(text) for text in cells.all_inner_texts()]
    heading.click()
    page.locator("#submissions th[aria-sort=descending]").wait_for()
    down = [float(text) for text in cells.all_inner_texts()]
    page.close()
    assert up == sorted(up) and down == sorted(up, reverse=True)
    assert up[0] < up[-1]


def test_what_was_set_by_hand_fits_a_phone_too(browser: Any, tmp_path: Path) -> None:
    """Signs, struck marks and a long comment make neither page wider than its screen, and the script still sorts by the mark."""
    for result in factory.classroom():
        write_submission(result, tmp_path, factory.config())
    text = f"cyd: {{questions: {{linear: 12}}, comment: {'x' * 600}, reason: why}}\nbbo: {{adjustment: 1}}\n"
    (tmp_path / "overrides.yaml").write_text(text)
    write_reports(tmp_path, factory.config())
    for name in ("report.html", "cyd/feedback.html"):
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto((tmp_path / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert page.get_by_role("img", name="set by hand").count() >= 1
        page.close()
