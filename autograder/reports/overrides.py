"""Reads `overrides.yaml`, what an instructor sets by hand, and finds whose submissions are meant by it."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from pydantic import ConfigDict, Field, RootModel, model_validator

from autograder.config import Section
from autograder.errors import ConfigError
from autograder.reports.text import one_line
from autograder.results import Student
from autograder.strict_yaml import Key, read_strictly

OVERRIDES: Final = "overrides.yaml"
_HEX, _TEST = r"^[0-9a-f]{4,64}$", r"^[^/]+/.+$"
_PATTERNS: Final = {
    _HEX: "must be the beginning of the SHA-256 of what was handed in, four or more of its digits 0-9 and a-f",
    _TEST: "must be a question and one of its tests, such as `relu/test_backward`",
}
_HOLDS: Final = "a key for each submission: its name, or a student's number or e-mail address"
_SEARCHED: Final = 5_000
"""Names among which one that is like a wrong one is looked for."""

Points = Annotated[float, Field(ge=0)]


class MemberOverride(Section):
    """What is set by hand for one student of a submission.

    Attributes:
        adjustment: added to the total, of this student alone.
        comment: for the student; it is in gradebooks, not on the submission's page, which is that of the whole group.
        reason: for staff.
    """

    adjustment: float = 0.0
    comment: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> MemberOverride:
        if not (self.adjustment or self.comment):
            raise ValueError("must set an `adjustment`, or hold a `comment`")
        return self


class Override(Section):
    """What is set by hand for one submission.

    Attributes:
        digest: beginning of the SHA-256 of what was handed in that this was decided on; empty for whatever was handed in.
        questions: question -> its points.
        tests: `question/test` -> its points.
        adjustment: added to the total.
        days_late: in place of what the time of submission says, as where somebody had longer; None to leave that.
        members: number or e-mail address of a student -> what is set for that one alone.
        comment: for the student.
        reason: for staff.
    """

    digest: Annotated[str, Field(pattern=_HEX)] = ""
    questions: dict[Annotated[str, Field(min_length=1)], Points] = Field(default={})
    tests: dict[Annotated[str, Field(pattern=_TEST)], Points] = Field(default={})
    adjustment: float = 0.0
    days_late: Annotated[int, Field(ge=0, le=365)] | None = None
    members: dict[Annotated[str, Field(min_length=1)], MemberOverride] = Field(default={})
    comment: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Override:
        if not (self.questions or self.tests or self.adjustment or self.members or self.comment or self.days_late is not None):
            raise ValueError("must set `questions`, `tests`, an `adjustment` or `days_late`, or hold a `comment` or `members`")
        both = sorted({test.partition("/")[0] for test in self.tests}.intersection(self.questions))
        if both:
            raise ValueError(f"must set the question `{both[0]}` or tests of it, and not both")
        return self


class _File(RootModel[dict[Annotated[str, Field(min_length=1)], Override]]):
    model_config = ConfigDict(frozen=True)


class Identity(NamedTuple):
    """What a submission is known by."""

    name: str
    digest: str
    students: tuple[Student, ...]


class Overrides:
    """What the file holds.

    Attributes:
        entries: by key, as the file names submissions.
        lines: of the file, by the keys that lead there.
    """

    def __init__(self, entries: Mapping[str, Override] | None = None, lines: Mapping[Key, int] | None = None):
        self.entries, self.lines = dict(entries or {}), dict(lines or {})
        self._folded: dict[str, list[str]] = {}
        for key in self.entries:
            self._folded.setdefault(folded(key), []).append(key)

    def keys_for(self, one: Identity) -> set[str]:
        """The keys that could mean this submission: its name, or the number or address of one of its students."""
        if not self.entries:
            return set()
        of_students = {folded(text) for student in one.students for text in (student.sid, student.email)} - {""}
        keys = {key for text in of_students for key in self._folded.get(text, ())}
        return keys | ({one.name} & self.entries.keys())

    def narrowed(self, keys: Iterable[str]) -> Overrides:
        """Only these of them."""
        return Overrides({key: self.entries[key] for key in keys}, self.lines)


class Problem(msgspec.Struct, frozen=True):
    """Something about marks that staff must look at.

    Attributes:
        submission: whose; empty if there is none.
        text: one sentence.
    """

    submission: str
    text: str


class Matched(msgspec.Struct, frozen=True):
    """Which override is for which submission.

    Attributes:
        found: submission -> its override and the override's key.
        lines: of the file, by the keys that lead there.
        problems: what is not applied, and why.
    """

    found: dict[str, tuple[str, Override]] = {}
    lines: dict[Key, int] = {}
    problems: tuple[Problem, ...] = ()

    def place(self, key: str, *inside: str) -> str:
        """Where an override stands, or something inside of it, as a message begins."""
        return _place(self.lines, key, *inside)


def read_overrides(results: Path) -> Overrides:
    """The overrides beside these results; none if there is no such file. Raises ConfigError with every mistake in it."""
    path = results / OVERRIDES
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Overrides()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not any(line.split(b"#")[0].strip() for line in raw.splitlines()):
        return Overrides()
    document = read_strictly(path, raw, _File, patterns=_PATTERNS, holds=_HOLDS)
    entries = document.validated().root
    return Overrides(entries, document.lines)


def fingerprint(override: Override | None) -> str:
    """What changes when an override does; empty for none."""
    return hashlib.sha256(override.model_dump_json().encode()).hexdigest()[:16] if override is not None else ""


def match(overrides: Overrides, submissions: Iterable[Identity]) -> Matched:
    """Find the submission of each override. None is applied that could be meant for another."""
    if not overrides.entries:
        return Matched()
    named: dict[str, Identity] = {}
    of_students: dict[str, dict[str, Identity]] = {}
    names: list[str] = []
    for one in submissions:
        if len(names) <= _SEARCHED:
            names.append(one.name)
        for key in overrides.keys_for(one):
            if key == one.name:
                named[key] = one
            else:
                of_students.setdefault(key, {})[one.name] = one
    problems: list[Problem] = []
    claims: dict[str, list[str]] = {}
    for key, override in overrides.entries.items():
        whose = {key: named[key]} if key in named else of_students.get(key, {})
        if len(whose) != 1:
            problems.append(Problem("", f"{_place(overrides.lines, key)}: {_unclear(key, whose, names)}"))
            continue
        (one,) = whose.values()
        if override.digest and not one.digest.startswith(override.digest):
            place = _place(overrides.lines, key, "digest")
            text = (
                f"{place}: is not applied, because it is for what was handed in as {override.digest}, and this is "
                f"{one.digest[: max(12, len(override.digest))]}: look at it again, then write this digest there"
            )
            problems.append(Problem(one.name, text))
            continue
        claims.setdefault(one.name, []).append(key)
    for name, keys in claims.items():
        if len(keys) > 1:
            where = ", ".join(f"`{one_line(key, 80)}` in line {overrides.lines[key,]}" for key in keys)
            text = (
                f"{OVERRIDES}: none of {where} is applied, because they are all for this submission; what is for single students "
                "of a group goes under one of them, as `members`"
            )
            problems.append(Problem(name, text))
    found = {name: (keys[0], overrides.entries[keys[0]]) for name, keys in claims.items() if len(keys) == 1}
    return Matched(found, overrides.lines, tuple(problems))


def _unclear(key: str, whose: Mapping[str, Identity], names: list[str]) -> str:
    if whose:
        return f"is not applied, because it could be for {', '.join(sorted(whose)[:5])}: use the submission's name as its key"
    close = difflib.get_close_matches(key, names, 1) if len(names) <= _SEARCHED else []
    advice = f"; is `{one_line(close[0], 80)}` meant?" if close else ""
    return f"is not applied, because no submission has this name, and no student this number or e-mail address{advice}"


def _place(lines: Mapping[Key, int], key: str, *inside: str) -> str:
    line = lines.get((key, *inside), lines[key,])
    return f"{OVERRIDES}, line {line}, `{one_line(key, 80)}`"


def folded(text: str) -> str:
    """Addresses and user names are the same in capitals."""
    return text.strip().casefold()
