"""The documentation becomes a site of HTML, and what is broken in it stops that."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.samples import ROOT

pytestmark = pytest.mark.slow


class _Page(HTMLParser):
    """What a page links to, and the anchors that it has."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("href", "src") and value:
                self.links.append(value)
            elif key == "id" and value:
                self.anchors.add(value)


def _copy(into: Path) -> None:
    """The pages and what makes a site of them, as they are under version control here."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md", "docs", "Makefile"]
    for name in filter(None, subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, into / name)


def _make(folder: Path) -> subprocess.CompletedProcess[str]:
    """`make docs` with the environment that is there."""
    command = ["make", "--old-file=setup", "docs", f"RUN={sys.executable}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_the_documentation_becomes_a_site_whose_links_lead_somewhere(tmp_path: Path) -> None:
    """`make docs` ends without a warning; each link and image of each page is a file of the site, each anchor is in its page."""
    _copy(tmp_path)
    run = _make(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    site = tmp_path / "dist" / "docs"
    pages = {path.resolve(): _Page(path) for path in site.rglob("*.html")}
    assert (site / "index.html").resolve() in pages and (site / "docs" / "decisions" / "README.html").resolve() in pages
    for path, page in pages.items():
        for link in map(urlsplit, page.links):
            if link.scheme:
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            assert target.is_file(), f"{path.name}: {link.geturl()}"
            if link.fragment and target in pages:
                assert unquote(link.fragment) in pages[target].anchors, f"{path.name}: {link.geturl()}"


def test_a_broken_link_or_a_lost_page_stops_the_site(tmp_path: Path) -> None:
    """A page that is not there, a heading that is not there, a page in no table of contents: each is named."""
    _copy(tmp_path)
    page = tmp_path / "docs" / "scaling.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[one](nowhere.md) [two](security.md#no-such-heading)\n")
    (tmp_path / "docs" / "alone.md").write_text("# Alone\n")
    run = _make(tmp_path)
    assert run.returncode != 0
    assert "scaling.md:" in run.stderr and "'nowhere.md'" in run.stderr, run.stderr
    assert "no-such-heading" in run.stderr and "alone.md" in run.stderr, run.stderr
