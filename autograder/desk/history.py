"""Finds what was run last for a question in IPython's own record of the session: names in, source text out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .blanks import bound_names
from .handout import Handout, Question

_ENOUGH = 0.5
"""Share of a cell's names that a run must bind to be a run of that cell."""

_WRITTEN = re.compile(r"^(?:class|def)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)

_names = lru_cache(maxsize=512)(bound_names)


def answered_by(handout: Handout, source: str) -> Question | None:
    """The question whose answer cell a cell is most alike, if it is one at all; one that does not parse as its lines look."""
    names = _names(source) or frozenset(one for pair in _WRITTEN.findall(source) for one in pair if one)
    alike = [(_alike(_names(handout.answer(question.name)), names), question) for question in handout.questions]
    score, question = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return question if score >= _ENOUGH else None


def last_run(cell: str, space: Mapping[str, Any]) -> str | None:
    """The text of the most recent run in this session of what was handed out as `cell`; None if there is none.

    Cells are told by the names that they bind. `space`: the notebook's global names, IPython's record `In` among them.
    """
    wanted = _names(cell)
    best, score = None, 0.0
    for source in reversed(space.get("In") or []):
        common = _alike(wanted, _names(source))
        if common > score:
            best, score = source, common
    return best if score >= _ENOUGH else None


def _alike(wanted: frozenset[str], names: frozenset[str]) -> float:
    return len(wanted & names) / len(wanted | names) if wanted else 0.0
