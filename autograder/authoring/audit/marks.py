"""Reads `equivalent.yaml`, which lies beside the solution notebook: mutants that lose no marks, and why that is right.

    - reason: A copy instead of the tensor itself; nothing that the assignment asks for differs.
      mutants:
        - linear/copy/44:8#1f0c9a3e

A mark holds a mutant by question, operator and hash; line and column only tell where it was when the mark was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from autograder.authoring.audit.mutate.engine import key_of
from autograder.config import Config
from autograder.errors import AuthoringError

NAME = "equivalent.yaml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mutants with one reason."""

    reason: str
    mutants: tuple[str, ...]


@dataclass(frozen=True)
class Marks:
    """The marks of one file.

    Attributes:
        reasons: key of a mutant -> why it is right.
        ids: key of a mutant -> its id as the file has it.
    """

    path: Path
    reasons: Mapping[str, str]
    ids: Mapping[str, str]

    def stale(self, standing: Mapping[str, bool], questions: Sequence[str]) -> tuple[str, ...]:
        """One sentence for each mark on these questions that no longer holds. `standing`: key of a mutant -> it survived."""
        said = []
        for key, name in self.ids.items():
            if name.partition("/")[0] not in questions:
                continue
            if key not in standing:
                said.append(f"{self.path.name}: {name} is marked as equivalent, but there is no such mutant (any more)")
            elif not standing[key]:
                said.append(f"{self.path.name}: {name} is marked as equivalent, but it loses marks")
        return tuple(said)

    def strangers(self, questions: Sequence[str]) -> tuple[str, ...]:
        """One sentence for each mark on a question that the assignment does not have."""
        return tuple(
            f"{self.path.name}: {name} is marked as equivalent, but there is no such question"
            for name in self.ids.values()
            if name.partition("/")[0] not in questions
        )


def marks_path(config: Config) -> Path:
    """Where the marks of an assignment are."""
    return config.resolve(config.assignment.solution).parent / NAME


def read_marks(path: Path) -> Marks:
    """The marks in a file; none if there is no file. Raises AuthoringError if it is not as the module says."""
    if not path.exists():
        return Marks(path, {}, {})
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        entries = msgspec.convert(raw, type=tuple[Entry, ...])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise AuthoringError(f"{path}: is not a list of marks, each with `reason` and `mutants`: {error}") from error
    reasons: dict[str, str] = {}
    ids: dict[str, str] = {}
    for entry in entries:
        if not entry.reason.strip():
            raise AuthoringError(f"{path}: the mark on {', '.join(entry.mutants)} gives no reason")
        for name in entry.mutants:
            key = key_of(name)
            if name.count("#") != 1 or name.count("/") != 2:
                raise AuthoringError(f"{path}: {name} is no id of a mutant; copy one from what `autograder audit` prints")
            if key in ids:
                raise AuthoringError(f"{path}: {name} is marked twice")
            reasons[key], ids[key] = " ".join(entry.reason.split()), name
    return Marks(path, reasons, ids)
