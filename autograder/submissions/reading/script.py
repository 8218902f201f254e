"""Takes the text of a Python script and gives its cells: `# %%`, nbconvert's `# In[3]:`, Jupytext's light format, or plain."""

from __future__ import annotations

import re
import textwrap

from autograder.errors import SubmissionError
from autograder.submissions.notebook import Cell
from autograder.submissions.reading.json_notebook import check_size
from autograder.submissions.reading.limits import MAX_SCRIPT
from autograder.submissions.reading.text import to_text

_RULE = "# ---"
_BEFORE_HEADER = 5
"""Lines: what runs the script, its encoding, blank ones."""
_MARKER = re.compile(r"^# ?(?:%%.*|In ?\[[ \d]*\]:?[ \t]*)$", re.MULTILINE)
_FORMS = {"percent": "cells marked by `# %%`", "hydrogen": "cells marked by `# %%`", "light": "a plain or Jupytext script"}


def script_cells(content: bytes | bytearray, name: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells, and a note on how they were told apart. Raises SubmissionError if the script is empty or too long."""
    if len(content) > MAX_SCRIPT:
        raise SubmissionError(f"{name}: a script of more than {MAX_SCRIPT >> 20} MiB; that is no work on this assignment")
    text = to_text(content).replace("\x00", "").encode(errors="replace").decode()
    # The header is YAML of the student's making, and says nothing that the cells do not show.
    sources, form = _split(textwrap.dedent(_without_header(text)))
    sources = [source for source in sources if source.strip()]
    if not sources:
        raise SubmissionError(f"{name}: the script is empty")
    check_size(len(sources), sum(map(len, sources)), name)
    cells = tuple(Cell(number=number, index=number - 1, source=source) for number, source in enumerate(sources, 1))
    return cells, (f"A script was handed in; it was read as {form}, {len(cells)} code cells.",)


def _without_header(text: str) -> str:
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines[:_BEFORE_HEADER]) if line.rstrip() == _RULE), None)
    if start is None:
        return text
    for number in range(start + 1, len(lines)):
        if lines[number].rstrip() == _RULE:
            return "\n".join(lines[:start] + lines[number + 1 :])
        if not lines[number].startswith("#"):
            break
    return text


def _split(text: str) -> tuple[list[str], str]:
    """Sources of the code cells, and the form of the script in words."""
    exported = re.search(r"^# In ?\[[ \d]*\]:", text, re.MULTILINE) is not None
    import jupytext  # it takes a moment, and few hand in scripts

    try:
        read = jupytext.reads(text, fmt="py")
        form = str(read.metadata.get("jupytext", {}).get("text_representation", {}).get("format_name"))
        sources = [str(cell.source).strip("\n") for cell in read.cells if cell.cell_type == "code"]
    except Exception:  # whatever a foreign parser does with a text that was made for it, the marks are still there
        return [part.strip("\n") for part in _MARKER.split(text)], "cells marked by comments"
    return sources, "an export by nbconvert" if exported else _FORMS.get(form, f"Jupytext's {form} format")
