"""Similar submissions are found by what students wrote themselves, shown side by side, and called a lead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from autograder.assignment import Assignment
from autograder.bundles import Bundle
from autograder.errors import UsageError
from autograder.reports import write_reports, write_submission
from autograder.results import SubmissionResult
from autograder.similarity import write_similarity
from autograder.similarity.fingerprints import Fingerprints
from autograder.similarity.page import excerpt, render_similarity, whole_words
from autograder.similarity.pairs import Ranking, rank
from autograder.similarity.sources import NotCompared, Own, own_code
from autograder.submissions import Found, digest_of
from tests.reports import factory
from tests.samples import ROOT
from tests.similarity.students import TEMPLATE, answers, disguised, write_notebook

ASSIGNMENT = Assignment(
    name="nn", title="Neural networks", questions=(), outline=(), complete=(), template=TEMPLATE, solution_digest="", versions={}
)


def _ranking(texts: list[str]) -> Ranking:
    fingerprints = Fingerprints(TEMPLATE)
    return rank([fingerprints.of(text) for text in texts])


def _text(cells: list[str]) -> str:
    return "\n\n".join(cells)


def _handed_in(folder: Path, name: str, cells: list[str]) -> SubmissionResult:
    """A graded submission, its notebook in `folder`."""
    path = write_notebook(folder / f"{name}.ipynb", cells)
    return factory.submission(name, source=str(path), digest=digest_of(Found(name, str(path))))


def test_a_disguised_copy_is_found_and_nobody_else() -> None:
    """Other names, comments, spaces and another order of cells hide nothing; those who worked alone make no pair."""
    texts = [_text(answers(seed)) for seed in range(30)]
    ranking = _ranking([*texts, _text(disguised(answers(7)))])
    assert [(pair.one, pair.other) for pair in ranking.pairs] == [(7, 30)]
    assert ranking.pairs[0].similarity > 0.9


def test_a_part_that_was_taken_over_is_found() -> None:
    """Whoever took half is ranked below whoever took all, with the share of each."""
    whole, other = answers(1), answers(2)
    texts = [_text(whole), _text(whole[:3] + other[3:]), _text(whole[::-1])]
    ranking = _ranking([*texts, *(_text(answers(seed)) for seed in range(9, 20))])
    assert [(pair.one, pair.other) for pair in ranking.pairs] == [(0, 2), (0, 1), (1, 2)]
    assert all(0.35 < share < 0.65 for share in ranking.pairs[1].shares)


def test_the_templates_code_makes_no_pair() -> None:
    """Two who have nothing in common but what they were given are not similar, and one with nothing else is empty."""
    given = _text(list(TEMPLATE))
    ranking = _ranking([f"{given}\n\n{_text(answers(1))}", f"{_text(answers(2))}\n\n{given}", given])
    assert ranking.pairs == () and ranking.empty == (2,)


def test_what_many_write_alike_counts_for_nobody() -> None:
    """A passage in eleven submissions makes no pair of them; in two it does."""
    lecture = answers(99)[:2]
    alone = [answers(seed) for seed in range(11)]
    assert _ranking([_text(lecture + cells) for cells in alone]).pairs == ()
    assert len(_ranking([_text(lecture + cells) if at < 2 else _text(cells) for at, cells in enumerate(alone)]).pairs) == 1


def test_a_ring_of_any_size_is_named() -> None:
    """Thirty who hand in one code under other names are a group, though nothing of it is unusual; two short ones are none."""
    ring = [_text(disguised(answers(3), seed)) for seed in range(30)]
    short = "y = self.weight @ x + self.bias\nreturn torch.where(y > 0, y, 0).sum(dim=0)"
    ranking = _ranking([*ring, _text(answers(4)), short, short])
    assert ranking.alike == (tuple(range(30)),)


def test_fingerprints_are_the_same_in_every_process() -> None:
    """The page of the same submissions is the same tomorrow: nothing depends on the seed of Python's hashes."""
    code = (
        "from autograder.similarity.fingerprints import Fingerprints; from tests.similarity.students import *; "
        "print(sorted(Fingerprints(TEMPLATE).of('\\n'.join(answers(1))).places.items()))"
    )
    told = [
        subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] != b"[]\n"


def test_marked_is_what_both_have() -> None:
    """The passages of a copy cover nearly all of both texts, in order, and without what comes before them."""
    fingerprints, cells = Fingerprints(TEMPLATE), answers(5)
    texts = [_text(cells), _text([answers(6)[0], *cells])]
    prints = [fingerprints.of(text) for text in texts]
    (pair,) = rank(prints).pairs
    for text, made in zip(texts, prints, strict=True):
        passages = made.passages(pair.shared)
        assert passages == sorted(passages) and all(0 <= start < end <= len(text) for start, end in passages)
        marked = "".join(text[start:end] for start, end in passages)
        assert 0.9 * len(texts[0]) < len(marked) <= 1.05 * len(texts[0])
    start, _ = max(prints[1].passages(pair.shared), key=lambda passage: passage[1] - passage[0])
    assert abs(start - texts[1].index(cells[0])) < 60


def test_marks_begin_and_end_with_words() -> None:
    """A mark never splits a word, and two that meet in one word become one."""
    text = "one two_three four"
    assert whole_words(text, [(1, 2), (5, 6), (9, 11), (14, 18)]) == [(0, 3), (4, 13), (14, 18)]


def test_long_stretches_between_passages_are_left_out() -> None:
    """Of code that is not marked the lines next to marked ones are shown, and how many are not."""
    text = "\n".join(f"line {number}" for number in range(100))
    start = text.index("line 50")
    parts = excerpt(text, [(start, start + len("line 50"))])
    shown = "".join(part for part, _ in parts)
    assert [part for part, marked in parts if marked] == ["line 50"]
    assert "[46 lines]" in shown and "line 47\nline 48\nline 49\nline 50\nline 51" in shown and "line 3\n" not in shown


def test_a_submission_is_read_and_never_run(tmp_path: Path) -> None:
    """Its own cells are there, the template's are not, and what its code would do has not happened."""
    trap = tmp_path / "ran"
    own = own_code(_handed_in(tmp_path, "ada", [f"open({str(trap)!r}, 'w')", "y = 2"]), ASSIGNMENT, factory.config())
    assert isinstance(own, Own)
    assert "y = 2" in own.text and "otter" not in own.text and "load_data" not in own.text
    assert not trap.exists()


def test_what_cannot_be_compared_is_told_with_the_reason(tmp_path: Path) -> None:
    """A file that is gone, that has changed since it was graded, or that is no notebook is named; the others are compared."""
    gone, changed, broken = (_handed_in(tmp_path, name, ["y = 2"]) for name in ("gone", "changed", "broken"))
    (tmp_path / "gone.ipynb").unlink()
    write_notebook(tmp_path / "changed.ipynb", ["y = 3"])
    (tmp_path / "broken.ipynb").write_text("\0\1")
    read = [own_code(result, ASSIGNMENT, factory.config()) for result in (gone, changed, broken)]
    reasons = [one.reason for one in read if isinstance(one, NotCompared)]
    assert len(reasons) == 3 and "not there any more" in reasons[0] and "has changed since" in reasons[1] and reasons[2]
    page = render_similarity(read, [], [], rank([]), factory.config()).decode()
    assert all(name in page for name in ("gone", "changed", "broken"))


def test_the_page_calls_it_a_lead_and_lets_no_code_out(tmp_path: Path) -> None:
    """It says that it is no verdict, marks what is shared, and shows markup in code and names as text."""
    evil = "</pre></mark><script>alert(1)</script><img src=http://example.org onerror=alert(1)>"
    cells = [*answers(1), f"evil = '''{evil}'''"]
    fingerprints = Fingerprints(TEMPLATE)
    compared = [Own(f"<script>{at}", _text(cells), False) for at in range(2)]
    prints = [fingerprints.of(one.text) for one in compared]
    page = render_similarity(compared, compared, prints, rank(prints), factory.config()).decode()
    assert "A lead, not a verdict." in page and "&lt;script&gt;alert(1)" in page
    assert page.count("<script") == page.count("</script") == 1 and "<img" not in page
    assert "<mark>" in page and not re.search(r'(?:src|href)="(?!\./|#)', page)


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of a class in which one has copied, and a bundle with their template."""
    monkeypatch.setattr("autograder.bundles.load_bundle", lambda config: Bundle(ASSIGNMENT, "", b""))
    for name, cells in {"ada": answers(1), "bob": answers(2), "cyd": disguised(answers(1))}.items():
        write_submission(_handed_in(tmp_path / "in", name, cells), tmp_path / "out", factory.config())
    return tmp_path / "out"


def test_a_folder_of_results_is_compared_and_the_report_links_to_it(graded: Path) -> None:
    """`similarity.html` is written into it, the same bytes each time; the class report has a link only if it is there."""
    link = 'href="./similarity.html"'
    write_reports(graded, factory.config())
    assert link not in (graded / "report.html").read_text()
    path = write_similarity(graded, factory.config())
    page = path.read_bytes()
    assert path == graded / "similarity.html" and b"1 pairs" in page and b"./cyd/feedback.html" in page and b"./bob/" not in page
    assert write_similarity(graded, factory.config()).read_bytes() == page
    write_reports(graded, factory.config())
    assert link in (graded / "report.html").read_text()


def test_without_the_library_it_says_what_to_install(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written, and the message names the extra."""
    monkeypatch.setitem(sys.modules, "copydetect.utils", None)
    with pytest.raises(UsageError, match=r"autograder\[report\]"):
        write_similarity(graded, factory.config())
    assert not (graded / "similarity.html").exists()


def test_no_submission_takes_the_pages_name(tmp_path: Path) -> None:
    """A submission called similarity.html gets another folder, and none is written under that name."""
    result = msgspec.structs.replace(factory.submission(), name="similarity.html")
    with pytest.raises(Exception, match="cannot be a submission's name"):
        write_submission(result, tmp_path, factory.config())
