"""Reads a variant of a notebook from a small file in percent format: what it is, and how it differs from its base.

The file begins with comment lines `# key: value`; a comment line without a key goes on with the value before it. Each change
begins with `# %% place`, and what follows is code:

    first, last                        a new cell there
    before Q, after Q, instead of Q    a new cell beside the cell of question Q, or in its place
    edit                               the text above the line `# ->`, which must be in exactly one cell of the base,
                                       becomes the text below it

Q is found in the base as it would be found in a submission.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import AutograderError

_KEY = re.compile(r"#\s*([a-z][a-z ]*):\s*(.*)")
_CHANGE = re.compile(r"^# %%\s*(first|last|before|after|instead of|edit)(?:[ \t]+(\w+))?[ \t]*$", re.MULTILINE)
_ARROW = re.compile(r"^# ->[ \t]*$", re.MULTILINE)
_ALONE = frozenset({"first", "last", "edit"})


@dataclass(frozen=True)
class Change:
    """One difference from the base.

    Attributes:
        place: "first", "last", "before", "after", "instead of" or "edit".
        question: whose cell it is about; None where the place needs none.
        source: of the new cell, or the text that replaces `old`.
        old: what is replaced; empty for a new cell.
    """

    place: str
    question: str | None
    source: str
    old: str = ""


@dataclass(frozen=True)
class Written:
    """A file that was read: its keys, and the changes in their order."""

    name: str
    keys: Mapping[str, str]
    changes: tuple[Change, ...]


def read_written(name: str, text: str, *, required: frozenset[str], optional: frozenset[str] = frozenset()) -> Written:
    """The variant in a file's text. `name` is used in messages.

    Raises AutograderError if a key is missing, unknown or given twice, if there is no change, or if one is not as it should be.
    """
    head, *rest = _CHANGE.split(text)
    keys: dict[str, str] = {}
    for line in head.splitlines():
        if match := _KEY.match(line):
            if match[1] in keys:
                raise AutograderError(f"{name}: the key `{match[1]}` is given twice")
            keys[match[1]] = match[2].strip()
        elif keys and line.startswith("#"):
            keys[list(keys)[-1]] += " " + line.lstrip("# ").strip()
    if missing := required - keys.keys():
        raise AutograderError(f"{name}: the key `{min(missing)}` is missing")
    if unknown := keys.keys() - required - optional:
        raise AutograderError(f"{name}: `{min(unknown)}` is no key; there are {', '.join(sorted(required | optional))}")
    changes = tuple(_change(name, *parts) for parts in zip(*[iter(rest)] * 3, strict=True))
    if not changes:
        raise AutograderError(f"{name}: nothing is changed; a change begins with `# %%` and its place")
    return Written(name, keys, changes)


def _change(name: str, place: str, question: str | None, source: str) -> Change:
    if (question is None) != (place in _ALONE):
        wanted = "takes no question" if place in _ALONE else "needs the name of a question"
        raise AutograderError(f"{name}: `# %% {place}` {wanted}")
    if place != "edit":
        return Change(place, question, source.strip("\n"))
    old, *new = _ARROW.split(source)
    if len(new) != 1 or not old.strip():
        raise AutograderError(f"{name}: an edit needs the old text, a line `# ->`, and the new text")
    return Change(place, None, new[0].strip("\n"), old.strip("\n"))


def read_folder(folder: Path, *, required: frozenset[str], optional: frozenset[str] = frozenset()) -> tuple[Written, ...]:
    """All variants of a folder (`*.py`), by file name; the name of each is its file's, without the ending.

    Raises AutograderError as `read_written` does, with the file's path, and if the folder is not there or holds none.
    """
    paths = sorted(folder.glob("*.py"))
    if not paths:
        raise AutograderError(f"{folder}: holds no variants (*.py)")
    read = (read_written(str(path), path.read_text(encoding="utf-8"), required=required, optional=optional) for path in paths)
    return tuple(replace(written, name=path.stem) for written, path in zip(read, paths, strict=True))
