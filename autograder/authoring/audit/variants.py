"""Reads the notebooks that accompany a solution, if there are any: other correct ones, and ones with a known mistake."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.catalogue import KEYS
from autograder.config import Config
from autograder.variants import Written, read_folder

KINDS = ("accept", "misconceptions")
"""Folders beside the solution notebook. What is in the first must lose no marks; what is in the second must lose some."""

_KEYS = {"accept": frozenset({"title"}), "misconceptions": KEYS}


def variant_folder(config: Config, kind: str) -> Path:
    """Where variants of a kind are."""
    return config.resolve(config.assignment.solution).parent / kind


def read_variants(config: Config) -> tuple[tuple[str, Written], ...]:
    """Kind and content of each variant. Raises AutograderError if a file is not as it should be."""
    return tuple(
        (kind, written)
        for kind in KINDS
        if any(variant_folder(config, kind).glob("*.py"))
        for written in read_folder(variant_folder(config, kind), required=_KEYS[kind])
    )
