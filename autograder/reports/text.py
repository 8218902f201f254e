"""Makes text of any origin fit to be shown: bounded, encodable, and without characters that change how the rest is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LIMIT: Final = 4_000
"""Characters of one shown text; the whole of it stays in `result.json`."""
LISTED: Final = 25
"""Items of one shown list, of which a submission could have any number."""

_SUBSTITUTE: Final = "\N{REPLACEMENT CHARACTER}"
_CONTROLS: Final = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"]
_BIDI_CONTROLS: Final = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_SURROGATES: Final = range(0xD800, 0xE000)
_UNSHOWABLE: Final = dict.fromkeys((*_CONTROLS, *_BIDI_CONTROLS, *_SURROGATES), _SUBSTITUTE)


def encodable(text: str) -> str:
    """`text` with lone surrogates, which no UTF-8 file can hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_SUBSTITUTE if ord(char) in _SURROGATES else char for char in text)
    return text


def encodable_name(text: str) -> str:
    """`text` as UTF-8 can hold it, with different names kept different: the code of a lone surrogate follows its substitute."""
    return "".join(f"{_SUBSTITUTE}{ord(char):x}" if ord(char) in _SURROGATES else char for char in text)


def listed(texts: Sequence[str]) -> tuple[str, ...]:
    """The first of `texts`, and how many more there are."""
    more = len(texts) - LISTED
    return (*texts[:LISTED], f"[{more} more]") if more > 0 else tuple(texts)


def readable(text: str, limit: int = LIMIT) -> str:
    """`text` as it may be shown anywhere.

    Control characters (terminal escapes, NUL) and the marks that override the direction of writing become visible
    substitutes; letters of right-to-left scripts stay. What is longer than `limit` is cut, and says so.
    """
    if len(text) <= limit and text.isprintable():
        return text  # as most texts are, without a look at each character
    shown = text.replace("\r\n", "\n")
    cut = len(shown) - limit
    if cut > 0:
        shown = f"{shown[:limit]}\n[{cut} more characters]"
    return shown.translate(_UNSHOWABLE)


def one_line(text: str, limit: int = 200) -> str:
    """`text` as one readable line."""
    if len(text) <= limit and text.isprintable() and "  " not in text and text == text.strip():
        return text
    line = " ".join(text[: 4 * limit].split())
    shown = f"{line[: limit - 1]}\N{HORIZONTAL ELLIPSIS}" if len(line) > limit else line
    return shown.translate(_UNSHOWABLE)


def number(value: float, decimals: int) -> str:
    """`value` with at most `decimals` decimals: 18, 3.33."""
    text = f"{value + 0.0:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def points(value: float, decimals: int) -> str:
    """`1 point`, `2.5 points`."""
    text = number(value, decimals)
    return f"{text} point" if text == "1" else f"{text} points"


def count(amount: int, noun: str) -> str:
    """`1 point`, `2 points`."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"
