"""Puts right what keeps a cell from being read and leaves no doubt what was meant: characters, prints and colons.

What a document or a chat puts for Python's own characters, both sides of a merge that was never finished, `print` without
parentheses, a colon that is missing at the end of a line. Nothing is done to a cell that parses, and lines stay where they are.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping

from autograder.submissions.source import PARSE_ERRORS, plain

MAX_LENGTH = 30_000
"""Characters of a cell that is looked at: it is parsed once for each line that is put right."""
MOST = 40
"""Lines of one cell that are put right."""

def _table(odd: str, usual: str) -> dict[int, str]:
    return {ord(one): other for one, other in zip(odd, usual, strict=True)}


_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), "") | dict.fromkeys(
    map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "
)
_SIGNS = _table("\u2212\u2013\u00d7\uff08\uff09\uff3b\uff3d\uff0c\uff1a\uff1d\uff0b\uff0a\uff0f\uff0e", "--*()[],:=+*/.")
_QUOTES = _table("\u201c\u201d\u201e\u201f\u2033\u2018\u2019\u201a\u201b\u2032", '"""""' + "'''''")
_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?")
_AROUND = (("", ""), ("", " pass"), ("if 1: pass\n", " pass"), ("try: pass\n", " pass"), ("", " pass\nfinally: pass"))
"""What one line of code may need above and below to be read by itself."""
_PRINT = re.compile(r"(\s*)print\s+(\S.*)")


def without_slips(text: str) -> tuple[str, tuple[str, ...]]:
    """The text, and a few words for each kind of thing that was put right; as it was and none if there is nothing of the kind.

    The result need not parse: what else is wrong with it is not looked at.
    """
    if len(text) > MAX_LENGTH or _problem(text) is None:
        return text, ()
    tried: set[str] = set()
    best = (text, tuple[str, ...]())
    for sides in _sides(text):
        for table in (_UNSEEN, _UNSEEN | _SIGNS, _UNSEEN | _SIGNS | _QUOTES):
            made = sides.translate(table)
            if made in tried:
                continue
            tried.add(made)
            words = ["only one side of a merge that was not finished was kept"] if sides != text else []
            words += [f"characters that Python does not know were replaced ({_named(sides, table)})"] if made != sides else []
            made, more = _lines(made)
            found = (made, (*words, *more))
            if _problem(made) is None:
                return found
            if best[0] == text:
                best = found
    return best


def _sides(text: str) -> Iterator[str]:
    """The text with one side of each conflict, the upper one first; the text itself if there is none."""
    lines = text.split("\n")
    marks = [match[1][0] if (match := _CONFLICT.fullmatch(line.rstrip())) else "" for line in lines]
    if not {"<", "=", ">"} <= set(marks):
        yield text
        return
    for wanted in "<=":
        kept, side = [], ""
        for line, mark in zip(lines, marks, strict=True):
            side = mark or side
            kept.append("" if mark or side not in ("", ">", wanted) else line)
        yield "\n".join(kept)


def _lines(text: str) -> tuple[str, list[str]]:
    """The text with what its errors name put right, line by line, as long as that helps."""
    words: dict[str, None] = {}
    for _ in range(MOST):
        problem = _problem(text)
        if problem is None:
            break
        lines, (number, reason) = text.split("\n"), problem
        at = number - 1
        if not 0 <= at < len(lines):
            break
        if reason.startswith("Missing parentheses in call to 'print'"):
            made, word = _ended(lines[at], _with_parentheses), "`print` was given its parentheses"
        elif reason == "expected ':'":
            made, word = _ended(lines[at], lambda code: f"{code}:"), "a colon was added at the end of a line"
        else:
            break
        if made == lines[at]:
            break
        lines[at], words[word] = made, None
        text = "\n".join(lines)
    return text, list(words)


def _ended(line: str, change: Callable[[str], str]) -> str:
    """The line with its code changed, and its comment kept; as it was if the code is nothing of Python's then."""
    for match in re.finditer(r"\s*#|\s*$", line):  # the first sign that is no part of a text
        made = change(line[: match.start()])
        if any(_problem(f"{above}{made.strip()}{below}") is None for above, below in _AROUND):
            return made + line[match.start() :]
    return line


def _with_parentheses(code: str) -> str:
    printed = _PRINT.fullmatch(code)
    return f"{printed[1]}print({printed[2].rstrip(', ')})" if printed else code


def _named(text: str, table: Mapping[int, str]) -> str:
    odd = dict.fromkeys(letter for letter in text if ord(letter) in table)
    return ", ".join(f"U+{ord(letter):04X}" for letter in [*odd][:6])


def _problem(text: str) -> tuple[int, str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(plain(text))
    except PARSE_ERRORS as error:
        return (getattr(error, "lineno", None) or 1), str(getattr(error, "msg", None) or error)
    return None
