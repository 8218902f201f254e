"""Makes the notebooks that variants start from, the untouched template and a complete one, and the variants' own of these."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.assignment import Assignment, is_otters
from autograder.errors import AutograderError
from autograder.submissions import Cell, align
from autograder.variants.written import Change

_MARKER_LINE = re.compile(r"\s*# (?:BEGIN|END) SOLUTION(?: NO PROMPT)?\s*")
_MARK = re.compile(r"\s*# ?SOLUTION(?: NO PROMPT)?\s*$")


@dataclass(frozen=True)
class Bases:
    """Code cells of the two notebooks, and for each question the place of its last one.

    Attributes:
        places: base -> question -> index of its cell.
    """

    sources: dict[str, tuple[str, ...]]
    places: dict[str, dict[str, int]]

    @classmethod
    def of(cls, assignment: Assignment) -> Bases:
        """The bases of an assignment."""
        sources = {"template": assignment.template, "complete": assignment.complete}
        return cls(sources, {base: _places(assignment, cells) for base, cells in sources.items()})

    def fit(self, base: str, changes: Sequence[Change]) -> bool:
        """Whether the base has all cells that the changes are about."""
        try:
            self.cells("", base, changes)
        except AutograderError:
            return False
        return True

    def cells(self, name: str, base: str, changes: Sequence[Change]) -> list[str]:
        """The code cells of `base` with the changes made. `name` is used in messages.

        Raises AutograderError if a question has no cell in the base, or if the text of an edit is not in exactly one cell.
        """
        sources, places = list(self.sources[base]), self.places[base]
        before: dict[int, list[str]] = {}
        replaced: dict[int, list[str]] = {}
        for change in changes:
            if change.place == "edit":
                _edit(name, sources, change)
                continue
            if change.question is not None and change.question not in places:
                raise AutograderError(f"{name} names {change.question}, which has no cell")
            at = {"first": 0, "last": len(sources)}.get(change.place, places.get(change.question or "", 0))
            if change.place == "instead of":
                replaced.setdefault(at, []).append(change.source)
            else:
                before.setdefault(at + (change.place == "after"), []).append(change.source)
        cells: list[str] = []
        for index in range(len(sources) + 1):
            cells += before.get(index, [])
            cells += replaced.get(index, list(sources[index : index + 1]))
        return cells


def _edit(name: str, sources: list[str], change: Change) -> None:
    hits = [index for index, source in enumerate(sources) if change.old in source]
    if len(hits) != 1 or sources[hits[0]].count(change.old) != 1:
        raise AutograderError(f"{name}: {change.old!r} must be in exactly one cell, once, and is in {len(hits)}")
    sources[hits[0]] = sources[hits[0]].replace(change.old, change.source)


def _places(assignment: Assignment, sources: Sequence[str]) -> dict[str, int]:
    cells = [Cell(number=number, index=number, source=source) for number, source in enumerate(sources, 1)]
    boundaries = align(assignment.outline, cells).boundaries
    return {question: number - 1 for question, number in boundaries.items() if number is not None}


def code_cells(notebook: Mapping[str, Any]) -> list[str]:
    """Sources of the code cells of a notebook, as JSON or as nbformat has it: all of them, Otter's and tests included."""
    return [_source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def completed_cells(complete: Mapping[str, Any]) -> list[str]:
    """The code cells of Otter's complete notebook, without the markers of the solution."""
    return [without_markers(source) for source in code_cells(complete)]


def filled_template(solution: Mapping[str, Any], template: Mapping[str, Any]) -> list[str]:
    """The code cells of the template, Otter's included, with the solution's work in them."""
    solved = iter(solved_cells(solution))
    return [source if is_otters(source) else next(solved) for source in code_cells(template)]


def solved_cells(solution: Mapping[str, Any]) -> list[str]:
    """The code cells of a solution notebook as a student would have written them: no tests, no markers."""
    sources, in_tests = [], False
    for cell in solution["cells"]:
        text = _source(cell)
        if cell["cell_type"] == "raw":
            in_tests = (in_tests or "BEGIN TESTS" in text) and "END TESTS" not in text
        elif cell["cell_type"] == "code" and not in_tests:
            sources.append(without_markers(text))
    return sources


def without_markers(source: str) -> str:
    """The text of a cell as a student would have written it."""
    lines = [line for line in source.split("\n") if not _MARKER_LINE.fullmatch(line)]
    return "\n".join(_MARK.sub("", line) for line in lines)


def notebook(sources: Sequence[str], **more: Any) -> bytes:
    """A notebook of these code cells with `more` as metadata, the same bytes for the same cells."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{n}",
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(True),
        }
        for n, source in enumerate(sources, 1)
    ]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, **more}
    return (json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n").encode()


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
