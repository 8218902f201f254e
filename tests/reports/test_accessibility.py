"""Pages for everybody: contrast, names and roles in both schemes, everything by keyboard, and print."""

from __future__ import annotations

from typing import Any

import pytest

BY_HAND = ["#attention", "#heat", "#submissions", "#by-hand"]
# Rows of the same elements and classes are judged alike: of each kind one is kept, as the rest would only cost time.
ONE_OF_EACH_KIND = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const body of document.querySelectorAll("tbody")) {
    const seen = new Set();
    for (const row of [...body.rows]) {
      const kind = [...row.querySelectorAll("*")].map((one) => one.tagName + one.className + (one.title ? "t" : "")).join();
      if (seen.has(kind) || seen.size > 4) row.remove();
      seen.add(kind);
    }
  }
}"""


def _axe(page: Any, options: dict[str, Any] | None = None, context: Any = None) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(ONE_OF_EACH_KIND)
    found = Axe().run(page, context, options={"resultTypes": ["violations"], **(options or {})})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    ("kind", "name", "context"),
    [
        ("library", "", None), ("hostile", "", None), ("similarity", "", None), ("students", "report.html", BY_HAND),
        ("students", "everything/feedback.html", None), ("students", "ada/feedback.html", None),
    ],
)  # fmt: skip
def test_axe_finds_nothing(visit: Any, kind: str, name: str, context: list[str] | None) -> None:
    """Contrast, labels, roles and names of everything, opened and at rest, pass axe-core; in the dark the contrast again."""
    page = visit(kind, name=name)
    _axe(page, context=context)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(50)
    _axe(page, {"runOnly": ["color-contrast"]}, context)


def test_axe_finds_nothing_in_the_plain_table(visit: Any) -> None:
    """Nor where the library of tables is not there: that is all in which the page differs."""
    page = visit("plain")
    _axe(page, context="#submissions")


WALK = """() => {
  const reach = ":is(a[href], button, input, select, summary, [tabindex='0']):not([disabled], [tabindex='-1'])";
  const there = [...document.querySelectorAll(reach)].filter((one) => one.checkVisibility());
  window.left = new Set(there);
  window.dim = [];
  document.addEventListener("focusin", (event) => {
    window.left.delete(event.target);
    const style = getComputedStyle(event.target);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) window.dim.push(event.target.outerHTML.slice(0, 80));
  });
  return there.length;
}"""


@pytest.mark.parametrize(
    ("kind", "name"), [("hostile", ""), ("plain", ""), ("similarity", ""), ("students", "everything/feedback.html")]
)
def test_everything_is_reached_by_keyboard_and_seen_when_it_is(visit: Any, kind: str, name: str) -> None:
    """Tab goes to every link, button, field, map and table that scrolls, each with an outline, and nothing holds it back."""
    page = visit(kind, name=name)
    page.evaluate(ONE_OF_EACH_KIND)
    amount = page.evaluate(WALK)
    for _ in range(amount + 3):
        page.keyboard.press("Tab")
    assert page.evaluate("[...left].map((one) => one.outerHTML.slice(0, 80))") == []
    assert page.evaluate("dim") == []


@pytest.mark.parametrize("kind", ["library", "plain"])
def test_a_submission_is_found_and_opened_without_a_pointer(visit: Any, kind: str) -> None:
    """From the top: the link to the section, the search, a status, the order, then the name; Enter opens the feedback."""
    page = visit(kind)
    press = page.keyboard.press

    def tab_to(selector: str, most: int = 40) -> None:
        for _ in range(most):
            press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    tab_to("nav a[href='#submissions']")
    press("Enter")
    tab_to("[name=search]")
    page.keyboard.type("student_0000")
    tab_to("[name=status]")
    page.keyboard.type("graded")
    tab_to("[name=noted]")
    press("Space")
    press("Space")
    tab_to("#submissions th :is(button, [role=button], .dt-column-order), #submissions th[tabindex]")
    press("Enter")
    page.locator("#submissions th[aria-sort=ascending]").wait_for()
    tab_to("#submissions td a", 60)
    press("Enter")
    page.wait_for_url("**/student_00000/feedback.html")


def test_a_summary_opens_and_a_filter_is_set_by_keyboard(visit: Any) -> None:
    """Enter opens who made a mistake, Space presses its filter, and the focus goes to the field that it set."""
    page = visit("library")
    row = page.locator("#mistakes tbody tr").first
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert row.locator("details").get_attribute("open") is not None
    row.locator("button").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.name") == "mistake"


def test_students_and_staff_can_print_their_pages(visit: Any) -> None:
    """On paper colours are those for paper even in the dark, nothing runs off the side, and controls are left out."""
    for kind, name in (("students", "everything/feedback.html"), ("plain", ""), ("similarity", "")):
        page = visit(kind, "dark", name=name)
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 1060, "height": 740})  # A4 across, at the 96 dots per inch of CSS
        look = page.evaluate("(({ color, backgroundColor: paper }) => [color, paper])(getComputedStyle(document.body))")
        assert look == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], kind
        assert page.locator(".filters:visible, nav ul li:visible a[href='#attention']:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1060, kind
