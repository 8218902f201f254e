"""What a student wrote stays text in every page, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reports import hostile

PAGES = ("library", "plain", "hostile", "similarity")


def _is_inert(page: Any, width: int) -> None:
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img, [onload], [onerror], [onmouseover], [onfocus], [autofocus], svg script, iframe").count() == 0
    schemes = page.evaluate("[...document.querySelectorAll('a')].map((link) => link.protocol)")
    assert set(schemes) <= {"file:"}


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_that_a_student_wrote_runs_or_is_fetched(visit: Any, kind: str) -> None:
    """Names, traces, notes, hints and code with scripts, handlers, images and odd characters stay text; pages fit a phone."""
    _is_inert(visit(kind, width=360), 360)


def test_a_row_is_what_its_submission_is_and_no_name_forges_another(visit: Any) -> None:
    """The table has a row for each submission, searched and sorted too, whatever ends of elements and lines their names hold."""
    page = visit("hostile")
    page.get_by_label("Search").fill("forged")
    assert page.locator("#submissions tbody tr:visible").count() == 1
    page.get_by_label("Search").fill("")
    page.locator("#submissions th", has_text="submission").first.click()
    assert page.locator("#submissions tbody tr:visible").count() == len(hostile.TEXTS) + 25
    assert page.locator("#submissions tbody td:first-child", has_text="forged").count() == 1


@pytest.mark.parametrize("kind", list(hostile.TEXTS))
def test_a_student_s_page_shows_it_as_text(visit: Any, folders: dict[str, Path], kind: str) -> None:
    """What a student wrote is on their own page as they wrote it, runs nothing, fetches nothing and fits a phone."""
    (name,) = (path.name for path in folders["students"].iterdir() if path.name.startswith(f"{kind} "))
    page = visit("students", width=360, name=f"{name}/feedback.html")
    _is_inert(page, 360)
    shown = page.locator(".case pre").first.inner_text().strip()
    start = hostile.TEXTS[kind].strip()[:20]
    assert shown.startswith(start) or not start.isprintable(), shown[:80]


def test_right_to_left_text_does_not_turn_what_is_around_it(visit: Any, folders: dict[str, Path]) -> None:
    """Letters of such scripts stay, marks that override the direction become visible, and the points stay where they are."""
    (name,) = (path.name for path in folders["students"].iterdir() if path.name.startswith("right_to_left "))
    page = visit("students", name=f"{name}/feedback.html")
    text = page.inner_text("main")
    assert "שלום" in text and "\u202e" not in text and "\ufffdgnp.exe" in text
    heading = page.locator(".case h3", has_text="שלום").first
    title, points = (heading.locator(part).bounding_box()["x"] for part in (".name", ".points"))
    assert title < points and heading.locator(".points").inner_text() == "0 / 4"


@pytest.mark.parametrize("kind", ["library", "similarity"])
def test_a_script_that_is_not_the_pages_own_does_not_run(browser: Any, folders: dict[str, Path], kind: str) -> None:
    """Should markup slip through, the page's policy stops it: neither an element nor a handler that is added runs."""
    page = browser.new_page()
    page.goto((folders[kind] / ("similarity.html" if kind == "similarity" else "report.html")).as_uri())
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const handler = document.createElement("div");
          handler.setAttribute("onclick", "window.ran = true");
          document.body.append(handler);
          handler.click();
        }"""
    )
    assert page.evaluate("window.ran") is None
    page.close()
