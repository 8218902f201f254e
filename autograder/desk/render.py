"""Shows answers to a student: an answer in, HTML for a notebook or plain text out."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from .answers import FAILED, OPEN, PASSED, Answer

_LOOK = {PASSED: ("✓", "#2da44e"), FAILED: ("✗", "#e5534b"), OPEN: ("–", "#c69026")}
"""Sign and colour of each state; the colours can be read on white and on black."""


def as_text(answer: Answer) -> str:
    """An answer as lines of text."""
    lines = [f"{_LOOK[answer.state][0]} {answer.question}: {_headline(answer)}"]
    for case in answer.cases:
        if case.state != PASSED:
            lines.append(f"  {_LOOK[case.state][0]} {case.title}")
            lines += [f"    {text}" for text in (case.text, case.where and f"> {case.where}") if text]
    return "\n".join([*lines, *(f"  {remark}" for remark in answer.remarks)])


def as_html(answer: Answer) -> str:
    """An answer as HTML that suits light and dark notebooks."""
    parts = [f"<div>{_sign(answer.state)} <b>{html.escape(answer.question)}</b>: {_marked(_headline(answer))}</div>"]
    for case in answer.cases:
        if case.state == PASSED and answer.state == PASSED:
            continue
        title = html.escape(case.title)
        if case.state == PASSED:
            parts.append(f'<div style="margin-left:1em">{_sign(PASSED)} {title}</div>')
            continue
        where = f'<pre style="margin:.2em 0 0">{html.escape(case.where)}</pre>' if case.where else ""
        parts.append(
            f'<div style="margin-left:1em">{_sign(case.state)} {title}'
            f'<div style="margin-left:1.3em">{_marked(case.text)}{where}</div></div>'
        )
    parts += [f'<div style="margin-left:1em;opacity:.8">{_marked(remark)}</div>' for remark in answer.remarks]
    return _framed(answer.state, parts)


def all_as_text(answers: Sequence[Answer]) -> str:
    """One line a question."""
    width = max((len(answer.question) for answer in answers), default=0)
    lines = [f"{_LOOK[one.state][0]} {one.question:{width}}  {_short(one)}" for one in answers]
    return "\n".join([*lines, _sum(answers)])


def all_as_html(answers: Sequence[Answer]) -> str:
    """One row a question, and how many pass."""
    rows = "".join(
        f'<tr><td style="text-align:left">{_sign(one.state)} {html.escape(one.question)}</td>'
        f'<td style="text-align:left">{_marked(_short(one))}</td></tr>'
        for one in answers
    )
    state = PASSED if all(one.state == PASSED for one in answers) else FAILED
    return _framed(state, [f"<b>{html.escape(_sum(answers))}</b><table>{rows}</table>"])


def note_html(text: str, state: str = OPEN) -> str:
    """One sentence in a frame."""
    return _framed(state, [f"{_sign(state)} {_marked(text)}"])


def _headline(answer: Answer) -> str:
    if answer.state == PASSED:
        return "all tests pass" if len(answer.cases) > 1 else "the test passes"
    if answer.open and not answer.cases:
        return answer.open
    counted = f"{answer.passed} of {len(answer.cases)} tests pass"
    return f"{counted}; {answer.open}" if answer.open else counted


def _short(answer: Answer) -> str:
    if answer.state == PASSED:
        return "passes"
    if answer.open:
        return answer.open.partition(":")[0]
    first = next((case for case in answer.cases if case.state == FAILED), None)
    if first is None:
        return f"{answer.passed} of {len(answer.cases)} tests pass"
    return f"{answer.passed} of {len(answer.cases)} tests pass; fails: {first.title}"


def _sum(answers: Sequence[Answer]) -> str:
    passed = sum(one.state == PASSED for one in answers)
    return f"{passed} of {len(answers)} questions pass their public tests; grading runs more."


def _sign(state: str) -> str:
    sign, colour = _LOOK[state]
    return f'<b style="color:{colour}">{sign}</b>'


def _framed(state: str, parts: Sequence[str]) -> str:
    return f'<div style="border-left:4px solid {_LOOK[state][1]};padding:.2em .8em;max-width:60em">{"".join(parts)}</div>'


def _marked(text: str) -> str:
    """Text as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
