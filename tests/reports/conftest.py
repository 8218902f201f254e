"""What tests of the pages share: a browser, a class as a folder of pages, and a visit that hears whatever a page says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.reports import dashboard, overviews, write_reports, write_submission
from autograder.similarity.fingerprints import Fingerprints
from autograder.similarity.page import render_similarity
from autograder.similarity.pairs import rank
from autograder.similarity.sources import NotCompared, Own
from tests.reports import factory, hostile
from tests.reports.chromium import chromium
from tests.similarity.students import TEMPLATE, answers, disguised

CROWD = 120


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A class of many, reported with the library and without; a hostile one; pairs that are alike; and a few students' pages."""
    crowd = [*factory.crowd(CROWD), factory.errored("eve"), factory.unreadable("bob")]
    odd = [*hostile.everybody(), *factory.crowd(25)]
    made = {}
    for kind, results in (("library", crowd), ("plain", crowd), ("hostile", odd)):
        out = made[kind] = tmp_path_factory.mktemp(kind)
        with pytest.MonkeyPatch.context() as patch:
            if kind == "plain":
                patch.setattr(dashboard, "table_library", lambda: "")
            overviews(results, out, factory.config())
    for result in crowd[:3]:
        for kind in ("library", "plain"):
            write_submission(result, made[kind], factory.config())
    texts = [answers(1), disguised(answers(1)), [*answers(2), *hostile.TEXTS.values()], [*answers(2), *hostile.TEXTS.values()]]
    compared = [Own(f"{at} {hostile.MARKUP}", "\n\n".join(cells), False) for at, cells in enumerate(texts)]
    prints = [Fingerprints(TEMPLATE).of(one.text) for one in compared]
    read: list[Own | NotCompared] = [*compared, NotCompared(hostile.MARKUP, hostile.MARKUP)]
    made["similarity"] = tmp_path_factory.mktemp("similarity")
    page = render_similarity(read, compared, prints, rank(prints), factory.config())
    (made["similarity"] / "similarity.html").write_bytes(page)
    made["students"] = tmp_path_factory.mktemp("students")
    for result in (factory.everything(), factory.submission("ada"), *hostile.everybody()):
        write_submission(result, made["students"], factory.config())
    (made["students"] / "overrides.yaml").write_text(
        "everything: {questions: {relu: 3.5}, tests: {linear/test_public: 1}, adjustment: -2, comment: See me.}\n"
    )
    write_reports(made["students"], factory.config())
    return made


@pytest.fixture
def visit(browser: Any, folders: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Opens a page and, in the end, sees that it was quiet: no message, no error, no dialog, nothing fetched."""
    contexts, heard = [], list[str]()

    def dismissed(dialog: Any) -> None:
        heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def requested(request: Any) -> None:
        if not request.is_navigation_request():
            heard.append(f"request: {request.url}")

    def opened(kind: str, scheme: str = "light", width: int = 1280, name: str = "", **options: Any) -> Any:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", dismissed)
        page.on("request", requested)
        page.goto((folders[kind] / (name or ("similarity.html" if kind == "similarity" else "report.html"))).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard == []
