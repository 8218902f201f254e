"""Writes solution notebooks for tests: cells with their types in, the text of a notebook out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def solution_notebook(cells: Sequence[tuple[str, str]]) -> str:
    """A notebook of these cells, each given as type and source."""
    made: list[dict[str, Any]] = [
        {"cell_type": kind, "id": f"c{n}", "metadata": {}, "source": text}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for n, (kind, text) in enumerate(cells)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
