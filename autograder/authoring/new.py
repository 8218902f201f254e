"""Starts an assignment: a name in; a folder with configuration, a solution notebook of two questions and a README out."""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from autograder.config import NAME
from autograder.errors import UsageError

_PLACES = {
    "solution.ipynb": "solutions/{notebook}.ipynb",
    "equivalent.yaml": "solutions/equivalent.yaml",
    "misconceptions": "solutions/misconceptions",
    "gitignore": ".gitignore",
}
"""Where files of the starter go that do not go where they are."""


def start_assignment(name: str, folder: Path, title: str = "") -> tuple[Path, ...]:
    """Write the starter into `folder`, which must not exist or be empty. Returns what was written.

    `name`: used in file names. `title`: for people; made of the name unless given.

    Raises UsageError, and writes nothing, if the name cannot be one or the folder holds something.
    """
    if not re.match(NAME, name):
        raise UsageError(
            f"{name!r} cannot name an assignment: write letters, digits, `_`, `.` and `-`, and begin with a letter or digit"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and not empty: take another name, or --folder for another place")
    title = " ".join(title.split()) or re.sub(r"[-_.]+", " ", name).strip().capitalize()
    if '"' in title or "\\" in title:
        raise UsageError(
            f"the title {title} holds a double quote or a backslash, which configuration and notebook cannot: leave it out"
        )
    words = {"name": name, "title": title, "notebook": re.sub(r"\W", "_", name)}
    files = dict(_filled(resources.files("autograder") / "authoring" / "templates" / "new", "", words))
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(folder / place for place in sorted(files))


def _filled(entry: Traversable, prefix: str, words: dict[str, str]) -> list[tuple[str, str]]:
    """Place and text of every file of the starter, with the words in place of `@word@`."""
    found: list[tuple[str, str]] = []
    for inner in entry.iterdir():
        place = _PLACES.get(inner.name, f"{prefix}{inner.name}").format_map(words)
        if inner.is_dir():
            found += _filled(inner, f"{place}/", words)
        elif not inner.name.endswith(".pyc"):
            text = inner.read_text(encoding="utf-8")
            found.append((place, re.sub(r"@(\w+)@", lambda word: words.get(word[1], word[0]), text)))
    return found
