"""Prints what was not done, in the notebook's own output, each text once."""

from __future__ import annotations

_said: set[str] = set()


def note(text: str) -> None:
    """Print one line in parentheses, unless it was printed before in this process."""
    line = " ".join(text.split())[:300]
    if line not in _said:
        _said.add(line)
        print(f"({line})")
