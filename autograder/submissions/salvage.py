"""Takes a cell that does not parse and gives the same cell without the parts that do not, on the same lines.

What is kept: every top-level statement, and every method of a class, that parses by itself. A function or method that does not
becomes one that raises, so that whoever calls it learns why.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.submissions.slips import without_slips
from autograder.submissions.source import PARSE_ERRORS, parse, plain

_HEAD = re.compile(r"(\s*)(?:async\s+)?def\s+([^\W\d]\w*)")
_CLASS = re.compile(r"class\s+([^\W\d]\w*)")
_OPENS = re.compile(r"(?:async\s+)?(?:class|def|for|while|if|with|try|match)\b|@")
_CONTINUES = re.compile(r"(?:[)\]}]|(?:else|elif|except|finally)\b)")
TAB_WIDTHS = (4, 8)
MAX_LENGTH = 100_000
"""Characters of a cell that is still looked at: each part of it is parsed several times."""
MAX_JOINED = 40
"""Statements' first lines that are tried as the rest of an unfinished one."""
MAX_TRIES = 2_000
"""Such lines in one cell; each is parsed with all before it."""


@dataclass(frozen=True)
class Loss:
    """A part that was left out: what it is, for people (``the method `Linear.backward` ``), the line and the reason."""

    what: str
    line: int
    reason: str


@dataclass(frozen=True)
class Salvaged:
    """What is left of a cell, and what is not.

    Attributes:
        reindented: whether its tabs and spaces had to be put in order.
        mended: a few words for each kind of slip that was put right.
    """

    source: str
    losses: tuple[Loss, ...]
    reindented: bool = False
    mended: tuple[str, ...] = ()


def salvage(source: str) -> Salvaged | None:
    """The cell without what does not parse; None if all of it parses, or if it is too long to be looked at."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_LENGTH:
        return None
    straight = _without_first_margin(text)
    if straight != text and _error(plain(straight)) is None:
        return Salvaged(straight, (), reindented=True)
    if _error(plain(text)) is None or _error(text) is None:
        return None
    if (spaced := _respaced(text)) is not None:
        return spaced
    text, mended = without_slips(text)
    if not mended:
        return _without_losses(text)
    if _error(plain(text)) is None:
        return Salvaged(text, (), mended=mended)
    return replace(_respaced(text) or _without_losses(text), mended=mended)


@dataclass(frozen=True)
class Rest:
    """What is run of a cell below the line on which it raised, on its own lines."""

    source: str
    what: str


def rest_below(source: str, line: int, error: str = "AssertionError") -> Rest | None:
    """What may be run of a cell that raised this on this line; None if that is nothing.

    Imports: a cell that reads a file which only its author has must not cost what all other cells rest on. And everything, if
    what raised is an assertion of the author's, on the machine for instance: it does no work that the rest could lack.
    """
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    statements = parse(source).statements
    below = [part for part in statements if part.lineno > line]
    raised = [part for part in statements if part.lineno <= line <= (part.end_lineno or part.lineno)]
    asserted = error.startswith("AssertionError") and any(isinstance(part, ast.Assert) for part in raised)
    kept = below if asserted else [part for part in below if isinstance(part, (ast.Import, ast.ImportFrom))]
    if not kept:
        return None
    if asserted:
        numbers = set(range(kept[0].lineno, len(lines) + 1))
    else:
        numbers = {at for part in kept for at in range(part.lineno, (part.end_lineno or part.lineno) + 1)}
    blank = _indent_of(lines) + "#"  # a cell may be indented as a whole
    text = "\n".join(text if at in numbers else blank for at, text in enumerate(lines, 1))
    return Rest(text, "what stands below that assertion was run" if asserted else "the imports below that were made")


def _indent_of(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return first[: len(first) - len(first.lstrip(" \t"))]


def _respaced(text: str) -> Salvaged | None:
    """The text with spaces for its tabs, if that is all it lacks."""
    for width in TAB_WIDTHS:
        spaced = "\n".join(_expanded(line, width) for line in text.split("\n"))
        if spaced != text and _error(plain(spaced)) is None:
            return Salvaged(spaced, (), reindented=True)
    return None


def _without_losses(text: str) -> Salvaged:
    """The text without those of its parts that do not parse.

    It must not parse as a whole.
    """
    # Lines of IPython's own count as statements that parse, and stay as they are.
    lines, readable = text.split("\n"), plain(text).split("\n")
    losses: list[Loss] = []
    units = list(_rejoined(readable, list(_joined(readable, list(_units(readable, 0, len(readable), 0))))))
    for start, end in units:
        losses += _mend(lines, readable, start, end)
    return Salvaged("\n".join(lines), tuple(losses))


def _without_first_margin(text: str) -> str:
    """The text without its first line's margin, where some line has less: older versions of IPython run such a cell."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: _indent(first)]
    if not margin or all(line.startswith(margin) for line in lines if line.strip()):
        return text
    return "\n".join(line.removeprefix(margin) for line in lines)


def without_line(source: str, line: int) -> Salvaged | None:
    """The cell without the method or statement that line `line` (1-based) belongs to; None if that leaves nothing to run.

    For what parses and yet does not compile, such as a `return` outside of a function.
    """
    lines, readable = source.split("\n"), plain(source).split("\n")
    for start, end in _units(readable, 0, len(readable), 0):
        if not start < line <= end:
            continue
        inner = [unit for unit in _members(readable, start, end) if unit[0] < line <= unit[1]]
        owner = _CLASS.match(readable[_head(readable, start, end)])
        low, high = inner[0] if inner and owner else (start, end)
        loss = _drop(lines, readable, low, high, owner[1] if inner and owner else None, line, "it does not compile")
        return Salvaged("\n".join(lines), (loss,)) if any(text.strip() for text in lines) else None
    return None


def _mend(lines: list[str], readable: list[str], start: int, end: int) -> Iterator[Loss]:
    """Take what does not parse out of lines `start` to `end` (0-based, `end` excluded), which hold one top-level statement."""
    problem = _error("\n".join(readable[start:end]))
    if problem is None:
        return
    head = _head(readable, start, end)
    owner = _CLASS.match(readable[head])
    members = _members(readable, start, end) if owner else []
    if not owner or not members or _error("\n".join([*readable[start : members[0][0]], "    pass"])) is not None:
        yield _drop(lines, readable, start, end, None, start + problem[0], problem[1])
        return
    indent = _indent(readable[members[0][0]])
    for low, high in members:
        shift = indent - _indent(readable[low])
        if shift:
            for at in range(low, high):
                lines[at], readable[at] = _shifted(lines[at], shift), _shifted(readable[at], shift)
        found = _error("\n".join(["class _:", *readable[low:high]]))
        if found is not None:
            yield _drop(lines, readable, low, high, owner[1], low + found[0] - 1, found[1], indent)
    if _error("\n".join(lines[start:end])) is not None and _error("\n".join(readable[start:end])) is not None:
        for at in range(start, end):  # the parts fit and the whole does not
            lines[at] = readable[at] = ""
        yield Loss(f"the class `{owner[1]}`", start + problem[0], problem[1])


def _drop(
    lines: list[str], readable: list[str], start: int, end: int, owner: str | None, line: int, reason: str, indent: int = 0
) -> Loss:
    """Empty the lines; a function leaves one behind that says why it is not there."""
    head = _head(readable, start, end)
    function, described = _HEAD.match(readable[head]), _CLASS.match(readable[head])
    line = min(max(line, start + 1), end)
    if function:
        name = f"{owner}.{function[2]}" if owner else function[2]
        what = f"the {'method' if owner else 'function'} `{name}`"
    elif described:
        what = f"the class `{described[1]}`"
    else:
        what = f"the lines {start + 1} to {end}" if end - start > 1 else f"line {line}"
    for at in range(start, end):
        lines[at] = readable[at] = ""
    if function:
        said = f"{what.replace('`', '')} was left out, because line {line} of its cell does not parse: {reason}"
        space = " " * (indent or (_indent(function[1] + "x") if owner else 0))
        lines[head] = f"{space}def {function[2]}(*args, **kwargs): raise NotImplementedError({said!r})"
        readable[head] = lines[head]
    return Loss(what, line, reason)


def _units(lines: list[str], start: int, end: int, indent: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each statement whose first line has this indentation, decorators included."""
    begin: int | None = None
    decorated = False
    for at in range(start, end):
        text = lines[at]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        opens = _indent(text) <= indent and not _CONTINUES.match(text.lstrip()) and not decorated
        decorated = _indent(text) <= indent and text.lstrip().startswith("@")
        if begin is None:
            begin = at
        elif opens:
            yield begin, _trimmed(lines, begin, at)
            begin = at
    if begin is not None:
        yield begin, _trimmed(lines, begin, end)


def _joined(lines: list[str], units: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The units, those put together that parse only so: a list that goes on at the left margin, a text of several lines."""
    at = tries = 0
    while at < len(units):
        start, end = units[at]
        last = at
        defines = _HEAD.match(lines[start]) or _CLASS.match(lines[start])
        if tries < MAX_TRIES and not defines and _error("\n".join(lines[start:end])) is not None:
            for more in range(at + 1, min(at + MAX_JOINED, len(units))):
                tries += 1
                if _error("\n".join(lines[start : units[more][1]])) is None:
                    last, end = more, units[more][1]
                    break
        yield start, end
        at = last + 1


def _rejoined(lines: list[str], units: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The units, a class put together again that lines at the left margin cut in two: what comes after them is indented."""
    at = 0
    while at < len(units):
        start, end = units[at]
        last = at
        if _CLASS.match(lines[_head(lines, start, end)]):
            for more in range(at + 1, len(units)):
                low, high = units[more]
                inner = [line for line in lines[low + 1 : high] if line.strip()]
                if _OPENS.match(lines[low]):
                    break  # a statement of its own
                if any(_HEAD.match(line) and _indent(line) for line in inner):
                    last, end = more, high
        yield start, end
        at = last + 1


def _trimmed(lines: list[str], start: int, end: int) -> int:
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _members(lines: list[str], start: int, end: int) -> list[tuple[int, int]]:
    """The members of the class in these lines. One whose `def` is indented a little more or less than the first is one too."""
    head = _head(lines, start, end)
    first = next((at for at in range(head + 1, end) if lines[at].strip()), None)
    if first is None or _indent(lines[first]) == 0:
        return []
    indent = _indent(lines[first])
    found: list[list[int]] = []
    decorated = False
    for at in range(first, end):
        text = lines[at]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        depth, word = _indent(text), text.lstrip()
        defines = bool(_HEAD.match(text)) or word.startswith("@")
        opens = (depth == indent and not _CONTINUES.match(word)) or (defines and depth != indent and depth < indent + 4)
        if opens and not decorated:
            found.append([at, end])
            if len(found) > 1:
                found[-2][1] = at
        decorated = word.startswith("@") and opens
    return [(low, _trimmed(lines, low, high)) for low, high in found]


def _head(lines: list[str], start: int, end: int) -> int:
    """The line behind the decorators."""
    return next((at for at in range(start, end) if lines[at].strip() and not lines[at].lstrip().startswith(("@", "#"))), start)


def _error(text: str) -> tuple[int, str] | None:
    """Line (1-based) and reason why a text does not parse; None if it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except PARSE_ERRORS as error:
        return (getattr(error, "lineno", None) or 1), str(getattr(error, "msg", None) or error)[:200]
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))


def _expanded(line: str, width: int) -> str:
    space = line[: _indent(line)]
    return space.expandtabs(width) + line[len(space) :]


def _shifted(line: str, shift: int) -> str:
    if not line.strip():
        return line
    return " " * shift + line if shift > 0 else line[min(-shift, _indent(line)) :]
