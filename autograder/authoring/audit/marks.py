"""Reads `equivalent.yaml`, which lies beside the solution notebook: mutants that lose no marks, and why that is right.

    - reason: A copy instead of the tensor itself; nothing that the assignment asks for differs.
      mutants:
        - linear/copy/44:8#1f0c9a3e
    - reason: Only shown to the student; no question asks for it.
      given:
        mnist: ["train_accs.append(torch.sum(correct) / len(y_pred))"]

`mutants` are marked by question, operator and hash; line and column only tell where each was when the mark was written. `given`
marks whatever survives in a line, told by its text, that students are given; in lines that they write, each mutant needs its own
mark. What is marked has been looked at with its own question in mind: it is not held against other questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from autograder.authoring.audit.mutate import Mutant
from autograder.authoring.audit.mutate.engine import key_of
from autograder.config import Config
from autograder.errors import AuthoringError

NAME = "equivalent.yaml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mutants, and given lines by question, with one reason."""

    reason: str
    mutants: tuple[str, ...] = ()
    given: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Marks:
    """The marks of one file.

    Attributes:
        reasons: key of a mutant -> why it is right.
        ids: key of a mutant -> its id as the file has it.
        given: question and text of a line that students are given -> why what survives there is right.
    """

    path: Path
    reasons: Mapping[str, str]
    ids: Mapping[str, str]
    given: Mapping[tuple[str, str], str]

    def reason(self, mutant: Mutant) -> str:
        """Why a mutant is right after all; empty if no mark says so."""
        return self.reasons.get(mutant.key) or ("" if mutant.written else self.given.get((mutant.question, mutant.line), ""))

    def stale(self, survived: Mapping[Mutant, bool], questions: Sequence[str]) -> tuple[str, ...]:
        """One sentence for each mark on these questions that no longer holds.

        `survived` tells of each mutant whether it lost no marks in its own question.
        """
        by_key = {mutant.key: alive for mutant, alive in survived.items()}
        lines = {(mutant.question, mutant.line) for mutant, alive in survived.items() if alive and not mutant.written}
        said = []
        for key, name in self.ids.items():
            if name.partition("/")[0] in questions and not by_key.get(key):
                why = "it loses marks" if key in by_key else "there is no such mutant (any more)"
                said.append(f"{self.path.name}: {name} is marked as equivalent, but {why}")
        for question, line in self.given:
            if question in questions and (question, line) not in lines:
                said.append(f"{self.path.name}: nothing survives (any more) in the given line `{line}` of {question}")
        return tuple(said)

    def strangers(self, questions: Sequence[str]) -> tuple[str, ...]:
        """One sentence for each question that has marks and that the assignment does not have."""
        named = dict.fromkeys(
            [*(name.partition("/")[0] for name in self.ids.values()), *(question for question, _ in self.given)]
        )
        return tuple(f"{self.path.name}: there is no question {name}, but marks on it" for name in named if name not in questions)


def marks_path(config: Config) -> Path:
    """Where the marks of an assignment are."""
    return config.resolve(config.assignment.solution).parent / NAME


def read_marks(path: Path) -> Marks:
    """The marks in a file; none if there is no file. Raises AuthoringError if it is not as the module says."""
    if not path.exists():
        return Marks(path, {}, {}, {})
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        entries = msgspec.convert(raw, type=tuple[Entry, ...])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise AuthoringError(f"{path}: is not a list of marks, each with `reason` and `mutants` or `given`: {error}") from error
    reasons: dict[str, str] = {}
    ids: dict[str, str] = {}
    given: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries, 1):
        reason = " ".join(entry.reason.split())
        if not reason:
            raise AuthoringError(f"{path}: entry {number} gives no reason")
        if not entry.mutants and not entry.given:
            raise AuthoringError(f"{path}: entry {number} marks nothing")
        for name in entry.mutants:
            key = key_of(name)
            if name.count("#") != 1 or name.count("/") != 2:
                raise AuthoringError(f"{path}: {name} is no id of a mutant; copy one from what `autograder audit` prints")
            if key in ids:
                raise AuthoringError(f"{path}: {name} is marked twice")
            reasons[key], ids[key] = reason, name
        for question, lines in entry.given.items():
            for line in lines:
                if (question, line) in given:
                    raise AuthoringError(f"{path}: the line `{line}` of {question} is marked twice")
                given[question, line] = reason
    return Marks(path, reasons, ids, given)
