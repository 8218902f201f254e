"""Results in which whatever a student has a hand in tries to be more than text."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from autograder.results import CellResult, Excerpt, Outcome, SubmissionResult
from tests.reports import factory

MARKUP: Final = "</script></pre></noscript><script>alert(1)</script><img src=http://example.org/x onerror=alert(1)>"
TEXTS: Final = {
    "markup": MARKUP,
    "svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "comment": "<!--<script>",
    "template": "{{7*7}}${alert(1)}",
    "markdown": "[click](javascript:alert(1)) ![x](http://example.org/x.png) **bold**",
    "attribute": '" onmouseover="alert(1)" autofocus onfocus=\'alert(1)\'',
    "row": "</td></tr>\n<tr data-status=graded><td>forged</td></tr>\n",
    "long": "x" * 5_000,
    "right_to_left": "שלום \u202egnp.exe עולם",
    "control": "\x1b[31mred\x00\u2028\ufffd",
}


def everybody() -> list[SubmissionResult]:
    """A submission for each of the texts."""
    return [_somebody(kind, text) for kind, text in TEXTS.items()]


def _somebody(kind: str, text: str) -> SubmissionResult:
    """The name, notes, cells, excerpts, what a test says, a hint, an errored test's trace: all of it is `text`."""
    name = re.sub(r"[/\\\x00]", "|", f"{kind} {text}")[:60]
    result = factory.hostile(text, name)
    lines = Excerpt(cell=1, first=1, marked=2, lines=(text, text))
    bad = factory.case(Outcome.ERRORED, hidden=True, detail=text, name=f"t{text[:40]}", title=text)
    wrong = factory.case(
        Outcome.FAILED, hint=text, detail=factory.diagnosis(text.replace("`", "")), name="t", title=text, expected=text,
        actual=text, help=text, message=text, excerpt=lines,
    )  # fmt: skip
    questions = (*result.questions, factory.question(f"q{text[:30]}", (bad, wrong)))
    cells = (CellResult(number=1, status="raised", seconds=0.1, error=text, output=text, notes=(text,), excerpt=lines),)
    return msgspec.structs.replace(result, questions=questions, cells=cells, digest=text, graded_at=text)
