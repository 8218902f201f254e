"""Takes the name and the bytes of one file and gives its code cells, by what it is and not by what it is called."""

from __future__ import annotations

from pathlib import PurePosixPath

from autograder.errors import SubmissionError
from autograder.submissions.notebook import Cell
from autograder.submissions.reading.json_notebook import notebook_cells
from autograder.submissions.reading.kinds import HEAD, Kind, sniff
from autograder.submissions.reading.script import script_cells
from autograder.submissions.reading.text import to_utf8


def read_content(content: bytes | bytearray, name: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The code cells, and notes on the file. Raises SubmissionError if it is neither a notebook nor a script."""
    kind = sniff(bytes(content[:HEAD]))
    if kind is not Kind.TEXT:
        raise SubmissionError(f"{name}: not a notebook but {kind}; hand in the .ipynb file itself")
    head, _ = to_utf8(bytes(content[: 4 * HEAD]))
    first = bytes(head).strip(b" \t\r\n\x00")[:HEAD]
    if not first and not content.strip(b" \t\r\n\x00"):
        raise SubmissionError(f"{name}: the file is empty")
    if first.startswith(b"<"):
        raise SubmissionError(f"{name}: not a notebook but a web page; hand in the .ipynb file itself")
    script = PurePosixPath(name).suffix.lower() == ".py"
    if first.startswith(b"{"):
        try:
            return notebook_cells(content, name)
        except SubmissionError:
            if not script:
                raise
    if script:
        return script_cells(content, name)
    raise SubmissionError(f"{name}: not a notebook: {_begins(first)}")


def _begins(first: bytes) -> str:
    if first.startswith(b"["):
        return "it is JSON, but has no list of cells"
    shown = first[:40].decode(errors="replace").splitlines()[:1]
    return f"it begins with {shown[0]!r}" if shown else "it holds no text"
