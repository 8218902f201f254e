"""The class report in a real browser, with the table library and without: found, filtered, walked through and heard."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.reports import overviews
from tests.reports import factory
from tests.reports.conftest import CROWD

TABLES = ("library", "plain")


def _rows(page: Any) -> Any:
    return page.locator("#submissions tbody tr:visible")


def _names(page: Any) -> list[str]:
    return [str(text).strip() for text in page.locator("#submissions tbody tr:visible td:first-child").all_inner_texts()]


@pytest.mark.parametrize("kind", TABLES)
def test_headings_sort_by_pointer_and_by_keyboard(visit: Any, kind: str) -> None:
    """Up, then down, all pages in order and not only the one that is shown; what has no value comes last both ways."""
    page = visit(kind)
    heading = page.locator("#submissions th", has_text="total")
    seen = []
    for order in ("ascending", "descending"):
        heading.click()
        page.locator(f"#submissions th[aria-sort={order}]", has_text="total").wait_for()
        seen.append([float(text) for text in page.locator("#submissions tbody tr:visible td:nth-child(3)").all_inner_texts()])
    up, down = seen
    assert up == sorted(up) and down == sorted(down, reverse=True) and down[0] > up[-1]
    page.locator("#submissions th", has_text="accuracy").locator("button, [role=button], span.dt-column-order").first.focus()
    for order in ("ascending", "descending"):
        page.keyboard.press("Enter")
        page.locator(f"#submissions th[aria-sort={order}]", has_text="accuracy").wait_for()
        accuracies = page.locator("#submissions tbody tr:visible td").filter(has_text="%")
        figures = [float(text.removesuffix("%")) for text in accuracies.all_inner_texts()]
        assert len(figures) == 50 and figures == sorted(figures, reverse=order == "descending")


@pytest.mark.parametrize("kind", TABLES)
def test_search_and_filters_narrow_the_table(visit: Any, kind: str) -> None:
    """Each narrows by itself, together they narrow more, and the number that is said is that of what is found."""
    page = visit(kind)
    assert _rows(page).count() == 50
    search = page.get_by_label("Search")
    search.fill("STUDENT 00007")
    assert _names(page) == ["student_00007"]
    search.fill("")
    page.locator("[name=status]").select_option("errored")
    assert _names(page) == ["eve"]
    page.locator("[name=status]").select_option("")
    search.fill("relu_mistake_0")
    searched = _names(page)
    search.fill("")
    page.locator("[name=mistake]").select_option("relu_mistake_0")
    made = _names(page)
    assert 0 < len(made) < 50 and made == searched
    page.get_by_label("with notes only").check()
    assert set(_names(page)) < set(made)
    text = page.locator("#submissions").inner_text()
    assert re.search(rf"(of|to) {len(_names(page))}[ ,]", text)


@pytest.mark.parametrize("kind", TABLES)
def test_a_mistake_leads_to_those_who_made_it(visit: Any, kind: str) -> None:
    """Its button filters the table; its list names the same submissions."""
    page = visit(kind)
    row = page.locator("#mistakes tbody tr").first
    row.locator("summary").click()
    listed = sorted(row.locator("details a").all_inner_texts())
    row.locator("button").click()
    assert sorted(_names(page)) == listed != []


@pytest.mark.parametrize("kind", TABLES)
def test_all_pages_can_be_reached_and_printed(visit: Any, kind: str) -> None:
    """Whatever pages there are, every submission is on one, and printing shows all of them."""
    page = visit(kind)
    if kind == "library":
        page.get_by_label("Next").click()
        page.locator("#submissions td a", has_text="student_00060").wait_for()
        assert "student_00060" in _names(page) and "student_00010" not in _names(page)
    else:
        page.get_by_role("button", name="Show all").click()
        assert _rows(page).count() == CROWD + 2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert _rows(page).count() == CROWD + 2
    page.evaluate("dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("kind", TABLES)
def test_a_name_leads_to_its_feedback(visit: Any, kind: str) -> None:
    """From the table to the student's page, without a server."""
    page = visit(kind)
    page.locator("#submissions td a", has_text="student_00001").click()
    assert page.url.endswith("/student_00001/feedback.html")
    assert "student_00001" in page.inner_text("body")


def _data(folder: Path) -> Any:
    text = (folder / "report.html").read_text()
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert match is not None
    return json.loads(match[1])


def test_the_heat_map_is_walked_by_keyboard(visit: Any, folders: dict[str, Path]) -> None:
    """Arrow keys go from cell to cell, what is said is that cell's submission, test and verdict, and Enter opens the feedback."""
    page, data = visit("library"), _data(folders["library"])
    rows = sorted(data["rows"], key=lambda row: row[0])
    page.get_by_label("Order").select_option("name")
    page.locator("#heat-frame").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    name, verdict, case = rows[3 - 1][0], rows[3 - 1][2][1], data["cases"][1]
    words = {"p": "passed", "f": "failed", "-": "not asked"}[verdict]
    told = page.locator("#heat-told").inner_text()
    assert told.startswith(f"{name} (3 of ") and f"{case[0]} / {case[1]} (" in told and told.endswith(words)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{name}/feedback.html")


def test_the_heat_map_tells_what_is_pointed_at(visit: Any, folders: dict[str, Path]) -> None:
    """The cell under the pointer, also when the map is scrolled; failed cells are filled less, and in another colour."""
    page, data = visit("library"), _data(folders["library"])
    page.get_by_label("Order").select_option("name")
    frame = page.locator("#heat-frame")
    frame.evaluate("(frame) => { frame.scrollTop = frame.scrollHeight }")
    page.locator("#heat-told").scroll_into_view_if_needed()
    box = frame.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + box["height"] - 4)
    told = page.locator("#heat-told").inner_text()
    assert told.startswith(sorted(row[0] for row in data["rows"])[-1])
    frame.evaluate("(frame) => { frame.scrollTop = 0 }")
    page.wait_for_timeout(50)
    ends = page.evaluate(
        """() => {
          const canvas = document.querySelector("#heat-frame canvas"), copy = document.createElement("canvas");
          copy.width = canvas.width;
          copy.height = canvas.height;
          const pen = copy.getContext("2d", { willReadFrequently: true });
          pen.drawImage(canvas, 0, 0);
          const data = JSON.parse(document.getElementById("data").textContent);
          const row = data.rows.sort((a, b) => (a[0] < b[0] ? -1 : 1))[1], step = canvas.width / data.cases.length;
          const height = (canvas.parentElement.clientHeight - 20) / data.rows.length;
          const at = (column, share) =>
            [...pen.getImageData(Math.floor((column + share) * step), Math.floor(20 + 1.4 * height), 1, 1).data].join();
          const one = (verdict) => [...row[2]].findIndex((v) => v === verdict);
          return ["p", "f"].map((verdict) => [at(one(verdict), 0.15), at(one(verdict), 0.6)]);
        }"""
    )
    (passed, passed_end), (failed, failed_end) = ends
    assert passed == passed_end and failed != passed and failed_end == "0,0,0,0"


def test_what_was_set_by_hand_shows_in_the_heat_map(visit: Any) -> None:
    """A test's cell keeps the test's verdict and tells the points that somebody gave; its edge is drawn, and the text says it."""
    page = visit("students", name="report.html")
    page.get_by_label("Order").select_option("name")
    frame, told = page.locator("#heat-frame"), page.locator("#heat-told")
    frame.focus()
    while not told.inner_text().startswith("everything"):
        page.keyboard.press("ArrowDown")
    assert told.inner_text().endswith("linear / test_public (public) failed; by hand: 1 points")
    edge = """() => {
      const canvas = document.querySelector("#heat-frame canvas"), data = JSON.parse(document.getElementById("data").textContent);
      const rows = data.rows.sort((a, b) => (a[0] < b[0] ? -1 : 1)), at = rows.findIndex((row) => row[0] === "everything");
      const step = canvas.width / data.cases.length, height = (canvas.parentElement.clientHeight - 20) / rows.length;
      const copy = document.createElement("canvas"), y = Math.floor(20 + (at + 0.4) * height);
      copy.width = canvas.width;
      copy.height = canvas.height;
      const pen = copy.getContext("2d", { willReadFrequently: true });
      pen.drawImage(canvas, 0, 0);
      return [0, 1].map((column) => [...pen.getImageData(Math.floor((column + 1) * step) - 3, y, 1, 1).data].join());
    }"""
    by_hand, by_test = page.evaluate(edge)
    assert by_hand == "29,35,43,255" and by_test != by_hand
    page.locator("#heat-text summary").click()
    line = page.locator("#heat-text tr", has_text="everything").inner_text()
    assert "linear/test_public (failed; by hand: 1 points)" in line and "by hand: 3.5 points for the question" in line


def test_the_heat_map_is_there_as_text(visit: Any, folders: dict[str, Path]) -> None:
    """Opened, it names each submission with the tests that it did not pass."""
    page, data = visit("library"), _data(folders["library"])
    page.locator("#heat-text summary").click()
    lines = dict(zip(*(page.locator(f"#heat-text td:nth-child({at})").all_inner_texts() for at in (1, 2)), strict=True))
    row = next(row for row in data["rows"] if row[0] == "student_00004")
    failed = [f"{case[0]}/{case[1]}" for case, verdict in zip(data["cases"], row[2], strict=True) if verdict == "f"]
    found = next(text for name, text in lines.items() if name.strip() == "student_00004")
    assert found.split(", ") == failed and len(lines) == len(data["rows"])


def test_runs_are_walked_by_keyboard_and_pointed_at(visit: Any, folders: dict[str, Path]) -> None:
    """From the lowest accuracy to the highest, each with its figures; a pointer near one tells it."""
    page, data = visit("library"), _data(folders["library"])
    runs = sorted((row for row in data["rows"] if row[6] is not None and row[4] is not None), key=lambda row: row[6])
    page.locator("#scatter-frame").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#scatter-told").inner_text().startswith(f"{runs[0][0]} {round(runs[0][6], 2):g} % in ")
    page.keyboard.press("End")
    assert page.locator("#scatter-told").inner_text().startswith(runs[-1][0])
    box, (x, y) = page.locator("#scatter-frame svg").bounding_box(), runs[0][4:6]
    page.mouse.move(box["x"] + x / 640 * box["width"], box["y"] + y / 260 * box["height"])
    assert page.locator("#scatter-told").inner_text().startswith(runs[0][0])


def test_dark_mode_is_dark_in_the_charts_too(visit: Any) -> None:
    """The page follows the system's scheme, and the map is drawn again when it changes."""
    page = visit("library", "light")
    look = "() => [getComputedStyle(document.body).backgroundColor, document.querySelector('#heat-frame canvas').toDataURL()]"
    light = page.evaluate(look)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    dark = page.evaluate(look)
    assert light[0] == "rgb(255, 255, 255)" and dark[0] == "rgb(20, 24, 29)" and light[1] != dark[1]


def test_a_pair_is_opened_side_by_side(visit: Any) -> None:
    """From the ranking to both codes, with what they share marked in each."""
    page = visit("similarity")
    page.locator("#code-1").evaluate("(sides) => { sides.parentElement.open = true }")
    assert page.locator("#code-1 pre").count() == 2
    assert all(page.locator("#code-1 pre").nth(at).locator("mark").count() > 0 for at in (0, 1))
    assert "A lead, not a verdict" in page.inner_text("header")


def test_a_class_of_two_thousand_fits_a_page(browser: Any, tmp_path: Path) -> None:
    """The page stays under 10 MB, and all 2,000 are in its table and its map, of which only a part is drawn at once."""
    path = overviews(factory.crowd(2_000), tmp_path, factory.config())[1]
    assert path.stat().st_size < 10_000_000
    page = browser.new_page()
    page.goto(path.as_uri())
    assert "of 2,000" in page.locator("#submissions .dt-info").inner_text()
    assert _rows(page).count() == 50
    page.locator("#heat-frame").focus()
    page.keyboard.press("ArrowDown")
    assert "of 2000" in page.locator("#heat-told").inner_text()
    assert page.locator("#heat-frame canvas").evaluate("(canvas) => canvas.height") < 1_000
    page.close()
