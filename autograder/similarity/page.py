"""Shows pairs of similar submissions: their codes and what they share in, one self-contained page out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from autograder.config import Config
from autograder.reports.feedback import FEEDBACK
from autograder.reports.pages import render, script_policy, template_text
from autograder.reports.text import encodable_name, one_line
from autograder.similarity.fingerprints import Print
from autograder.similarity.pairs import LEAST, Pair, Ranking
from autograder.similarity.sources import NotCompared, Own

SHOWN: Final = 50
"""Pairs that are shown side by side."""
AROUND: Final = 3
"""Lines around a marked passage that are shown with it."""
LONGEST_SIDE: Final = 40_000
"""Characters of one side of a pair, so that a page of `SHOWN` pairs stays below 5 MB."""

Part = tuple[str, bool]
"""A piece of code, and whether it is marked."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of a pair: how much of its own code is in the other, and that code, marked."""

    name: str
    link: str
    share: float
    parts: tuple[Part, ...]


class ShownPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as the page shows it; `sides` have no parts if it is not shown side by side."""

    similarity: float
    passages: int
    sides: tuple[Side, Side]


class SimilarityPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows."""

    assignment: str
    compared: int
    pairs: tuple[ShownPair, ...]
    found: int
    empty: tuple[str, ...]
    alike: tuple[tuple[tuple[str, str], ...], ...]
    left_out: tuple[tuple[str, str], ...]
    cut: tuple[str, ...]
    least: float


def render_similarity(
    read: Sequence[Own | NotCompared], compared: Sequence[Own], prints: Sequence[Print], ranking: Ranking, config: Config
) -> bytes:
    """The page, in UTF-8."""
    scripts = (template_text("report.js"),)
    page = SimilarityPage(
        assignment=one_line(config.assignment.title),
        compared=len(compared),
        pairs=tuple(_shown(pair, compared, prints, at < SHOWN) for at, pair in enumerate(ranking.pairs)),
        found=ranking.found,
        empty=tuple(one_line(compared[place].name) for place in ranking.empty),
        alike=tuple(tuple((one_line(compared[at].name), _link(compared[at].name)) for at in who) for who in ranking.alike),
        left_out=tuple((one_line(one.name), one.reason) for one in read if isinstance(one, NotCompared)),
        cut=tuple(one_line(one.name) for one in compared if one.cut),
        least=LEAST,
    )
    return render(
        "similarity.html.j2", page=page, shown=SHOWN, scripts=scripts, script_policy=script_policy(scripts), decimals=0
    )


def _shown(pair: Pair, compared: Sequence[Own], prints: Sequence[Print], whole: bool) -> ShownPair:
    passages = [prints[place].passages(pair.shared) for place in (pair.one, pair.other)]
    one, other = (
        Side(
            name=one_line(compared[place].name),
            link=_link(compared[place].name),
            share=share,
            parts=excerpt(compared[place].text, whole_words(compared[place].text, found)) if whole else (),
        )
        for place, share, found in zip((pair.one, pair.other), pair.shares, passages, strict=True)
    )
    return ShownPair(similarity=pair.similarity, passages=min(map(len, passages)), sides=(one, other))


def _link(name: str) -> str:
    return f"./{quote(encodable_name(name), safe='')}/{FEEDBACK}"


def whole_words(text: str, passages: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """`passages`, each from the beginning of the word in which it begins to the end of that in which it ends.

    Fingerprints begin and end at any character. Passages that then touch are one.
    """
    found: list[tuple[int, int]] = []
    for start, end in passages:
        while start > 0 and _in_word(text[start - 1]) and _in_word(text[start]):
            start -= 1
        while end < len(text) and _in_word(text[end - 1]) and _in_word(text[end]):
            end += 1
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def excerpt(text: str, passages: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """`text` as marked and unmarked pieces; of long unmarked ones the lines next to what is marked."""
    parts: list[Part] = []
    at = size = 0
    for start, end in passages:
        between = _shortened(text[at:start], head=bool(parts), tail=True)
        parts += [(between, False), (text[start:end], True)]
        at, size = end, size + len(between) + end - start
        if size > LONGEST_SIDE:
            parts.append(("\n[the rest is not shown]", False))
            break
    else:
        parts.append((_shortened(text[at:], head=bool(parts), tail=False), False))
    return tuple(part for part in parts if part[0])


def _shortened(text: str, *, head: bool, tail: bool) -> str:
    lines = text.split("\n")
    first, last = (AROUND + 1) * head, (AROUND + 1) * tail
    if len(lines) <= first + last + 2:
        return text
    left_out = f"[{len(lines) - first - last} lines]"
    return "\n".join([*lines[:first], left_out, *(lines[-last:] if last else [])])


