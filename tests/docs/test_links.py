"""Links in the documentation lead somewhere: to files that are there, and to headings in them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.samples import ROOT

PAGES = sorted(
    ROOT / name
    for name in subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    if "templates/" not in name
)


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _inline(token.children or [])


def _links(path: Path) -> list[str]:
    tokens = _inline(MarkdownIt().parse(path.read_text(encoding="utf-8")))
    return [str(token.attrs[key]) for token in tokens for key in ("href", "src") if key in token.attrs]


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    tokens = MarkdownIt().parse(path.read_text(encoding="utf-8"))
    texts = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files by their path from the page, headings by their anchor; other sites by https."""
    for link in _links(page):
        if re.match(r"[a-z]+:", link):
            assert link.startswith(("https://", "mailto:", "data:")), link
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        assert target.exists(), f"{link}: there is no {target}"
        if anchor:
            assert anchor in _anchors(target), f"{link}: no such heading in {target.name}"


def test_every_page_can_be_found() -> None:
    """From the README or from the table of contents of the documentation."""
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in (ROOT / "README.md", ROOT / "docs" / "README.md")
        for link in _links(page)
    }
    lost = [page for page in PAGES if page.parent == ROOT / "docs" and page.resolve() not in linked and page.name != "README.md"]
    assert not lost


def test_every_decision_is_listed() -> None:
    """By its own title, in the order of numbers."""
    folder = ROOT / "docs" / "decisions"
    texts = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in sorted(folder.glob("[0-9]*.md"))}
    rows = [f"| {name[:4]} | [{title.removeprefix('# ')}]({name}) |" for name, title in texts.items()]
    listed = (folder / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in listed if "](" in line] == rows
