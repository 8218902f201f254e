"""The pages in a real browser: whole by themselves, quiet, and readable on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.reports import write_reports, write_submission
from tests.reports import factory

PAGES = ["report.html", "ada/feedback.html", "cyd/feedback.html", "mallory/feedback.html", "eve/feedback.html"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    hostile = factory.hostile("<img src=http://example.org/x onerror=alert(1)><script>alert(1)</script>" + "x" * 500)
    for result in [*factory.classroom(), hostile, factory.weakened(factory.submission("zed"), "Landlock")]:
        write_submission(result, out, factory.config())
    write_reports(out, factory.config())
    return out


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_quiet_and_fits_a_phone(browser: Any, results: Path, name: str) -> None:
    """At 360 pixels nothing overflows, nothing is fetched, no dialog opens, and the console stays empty."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
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
