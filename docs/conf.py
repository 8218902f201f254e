"""Sphinx: the Markdown pages of the repository in, a site of HTML in dist/docs out (`make docs`).

The pages are written to be read as they are, too; what only a site needs, its table of contents, is added here.
"""

from __future__ import annotations

from pathlib import Path

from pygments.lexers import PythonLexer, YamlLexer
from sphinx.application import Sphinx

project = "autograder"
author = "The authors of autograder"
root_doc = "README"
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [".*", "autograder", "build", "dist", "results", "solutions", "student_template", "tests"]

nitpicky = True
myst_heading_anchors = 6
"""Headings have the anchors that GitHub gives them, so a link leads to the same place here and there."""

html_theme = "alabaster"
html_theme_options = {"description": "Grades a neural-networks-from-scratch assignment", "page_width": "70rem"}
html_show_sourcelink = False
html_copy_source = False

_CONTENTS = (
    ("Using it", ("tutorial", "questions", "migration", "reports", "gradescope", "surroundings", "cluster")),
    ("Reference", ("reference/commands", "reference/configuration", "reference/checks")),
    ("Background", ("security", "comparison", "diagnosis", "calibration", "kill-matrix", "benchmarks", "soak", "scaling")),
    ("Project", ("README", "decisions/README", "../CONTRIBUTING", "../SECURITY", "../CHANGELOG")),
)


def contents(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the table of contents of the site below the page that it begins with, and that of the decisions below theirs."""
    if page == root_doc:
        for caption, names in _CONTENTS:
            paths = [name.removeprefix("../") if name.startswith("../") else f"docs/{name}" for name in names]
            source[0] += _tree(paths, f":caption: {caption}\n")
    elif page == "docs/decisions/README":
        folder = Path(app.srcdir, "docs", "decisions")
        source[0] += _tree([path.stem for path in sorted(folder.glob("0*.md"))], "")


def _tree(paths: list[str], options: str) -> str:
    return "\n\n```{toctree}\n:hidden:\n" + options + "\n" + "\n".join(paths) + "\n```\n"


def front_page(app: Sphinx, failure: Exception | None) -> None:
    """A site begins at index.html; here that is README.html."""
    if failure is None and app.builder.format == "html":
        text = f'<!doctype html><title>{project}</title><meta http-equiv="refresh" content="0; url={root_doc}.html">\n'
        Path(app.outdir, "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.add_lexer("raw", YamlLexer)  # Otter's raw cells, as pages write them out, and the code cells beside them
    app.add_lexer("code", PythonLexer)
    app.connect("source-read", contents)
    app.connect("build-finished", front_page)
