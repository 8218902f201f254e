"""The class report in a real browser, with the table library and without: found, filtered, walked through and heard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from autograder.reports import dashboard, overviews, write_submission
from autograder.results import CellResult, Outcome, SubmissionResult
from autograder.similarity.fingerprints import Fingerprints
from autograder.similarity.page import render_similarity
from autograder.similarity.pairs import rank
from autograder.similarity.sources import NotCompared, Own
from tests.reports import factory
from tests.reports.chromium import chromium
from tests.similarity.students import TEMPLATE, answers, disguised

MARKUP = "</script></pre><script>alert(1)</script><img src=http://example.org/x onerror=alert(1)>"
HOSTILE = {
    "markup": MARKUP,
    "svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "comment": "<!--<script>",
    "template": "{{7*7}}${alert(1)}",
    "markdown": "[click](javascript:alert(1)) ![x](http://example.org/x.png) **bold**",
    "attribute": "\" onmouseover=\"alert(1)\" autofocus onfocus='alert(1)'",
    "long": "x" * 5_000,
    "right_to_left": "שלום \u202egnp.exe עולם",
    "control": "\x1b[31mred\x00\u2028\ufffd",
}
CROWD = 120


def _hostile(kind: str, text: str) -> SubmissionResult:
    """Whatever a student has a hand in is `text`: the name, notes, what a test says, a hint, an errored test's trace."""
    name = re.sub(r"[/\\\x00]", "|", f"{kind} {text}")[:60]
    result = factory.hostile(text, name)
    bad = factory.case(Outcome.ERRORED, hidden=True, detail=text, name=f"t{text[:40]}", title=text)
    wrong = factory.case(Outcome.FAILED, hint=text, detail=factory.diagnosis(text.replace("`", "")), name="t")
    questions = (*result.questions, factory.question(f"q{text[:30]}", (bad, wrong)))
    cells = (CellResult(number=1, status="raised", seconds=0.1, error=text, output=text, notes=(text,)),)
    return msgspec.structs.replace(result, questions=questions, cells=cells, digest=text, graded_at=text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A class of many, reported with the library and without; a hostile one; and pairs that are alike."""
    crowd = [*factory.crowd(CROWD), factory.errored("eve"), factory.unreadable("bob")]
    hostile = [_hostile(kind, text) for kind, text in HOSTILE.items()]
    made = {}
    for kind, results in (("library", crowd), ("plain", crowd), ("hostile", [*hostile, *factory.crowd(25)])):
        out = made[kind] = tmp_path_factory.mktemp(kind)
        with pytest.MonkeyPatch.context() as patch:
            if kind == "plain":
                patch.setattr(dashboard, "table_library", lambda: "")
            overviews(results, out, factory.config())
    for result in crowd[:3]:
        for kind in ("library", "plain"):
            write_submission(result, made[kind], factory.config())
    texts = [answers(1), disguised(answers(1)), [*answers(2), *HOSTILE.values()], [*answers(2), *HOSTILE.values()]]
    compared = [Own(f"{at} {MARKUP}", "\n\n".join(cells), False) for at, cells in enumerate(texts)]
    prints = [Fingerprints(TEMPLATE).of(one.text) for one in compared]
    page = render_similarity([*compared, NotCompared(MARKUP, MARKUP)], compared, prints, rank(prints), factory.config())
    made["similarity"] = tmp_path_factory.mktemp("similarity")
    (made["similarity"] / "similarity.html").write_bytes(page)
    return made


ALL = ("library", "plain", "hostile", "similarity")
TABLES = ("library", "plain")


@pytest.fixture
def visit(browser: Any, folders: dict[str, Path]) -> Iterator[Any]:
    """Opens a page and, in the end, sees that it was quiet: no message, no error, no dialog, nothing fetched."""
    contexts, heard = [], list[str]()

    def dismissed(dialog: Any) -> None:
        heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def requested(request: Any) -> None:
        if not request.is_navigation_request():
            heard.append(f"request: {request.url}")

    def opened(kind: str, scheme: str = "light", width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", dismissed)
        page.on("request", requested)
        name = "similarity.html" if kind == "similarity" else "report.html"
        page.goto((folders[kind] / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard == []


def _rows(page: Any) -> Any:
    return page.locator("#submissions tbody tr:visible")


def _names(page: Any) -> list[str]:
    return [str(text).strip() for text in page.locator("#submissions tbody tr:visible td:first-child").all_inner_texts()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ALL)
def test_nothing_that_a_student_wrote_runs_or_is_fetched(visit: Any, kind: str, scheme: str) -> None:
    """Names, traces, notes, hints and code with scripts, handlers, images and odd characters stay text; pages fit a phone."""
    page = visit(kind, scheme, 360)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("img, [onload], [onerror], [onmouseover], [onfocus], [autofocus], svg script").count() == 0
    schemes = page.evaluate("[...document.querySelectorAll('a')].map((link) => link.protocol)")
    assert set(schemes) == {"file:"}


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ALL)
def test_axe_finds_nothing(visit: Any, kind: str, scheme: str) -> None:
    """Contrast, labels, roles and names of everything, opened and at rest, pass axe-core."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit(kind, scheme)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


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
