"""Recognises what platforms make of a class when its submissions are downloaded: paths in, one group of them a submission out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from autograder.errors import UsageError
from autograder.results import Student

METADATA = "submission_metadata.yml"
_MAX_UNWRAPPED = 3
"""Folders around an export: archives often have one, and unpacking them makes another."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of a class.

    Attributes:
        label: what its name is made of: who handed it in.
        key: what the platform calls it, unique in the export; part of its name where labels are alike.
        members: its paths in the export, a folder's with `/` at its end.
        students, submitted_at, late: as in `Found`.
    """

    label: str
    key: str
    members: tuple[str, ...]
    students: tuple[Student, ...] = ()
    submitted_at: str = ""
    late: bool | None = None


Read = Callable[[str], bytes]
"""Gives the bytes of a file of the export."""


def recognise(paths: Sequence[str], read: Read, name: str = "") -> tuple[str, tuple[Group, ...]] | None:
    """The platform and the submissions, if files at these paths are such an export; `name` is that of their folder.

    Raises UsageError if it is Gradescope's and its table of submitters is damaged.
    """
    for prefix in _prefixes(paths):
        inside = [path[len(prefix) :] for path in paths]
        folder = prefix.rstrip("/").rpartition("/")[2] or name
        for layout, split in _LAYOUTS.items():
            groups = split(inside, lambda path, prefix=prefix: read(prefix + path), folder)  # type: ignore[misc]
            if groups:
                return layout, tuple(_below(prefix, group) for group in groups)
    return None


def _prefixes(paths: Sequence[str]) -> Iterator[str]:
    """The export's own folder, and that within it as long as there is nothing else beside it."""
    prefix = ""
    for _ in range(_MAX_UNWRAPPED + 1):
        yield prefix
        tops = {path[len(prefix) :].split("/", 1)[0] if "/" in path[len(prefix) :] else None for path in paths}
        if len(tops) != 1 or (top := tops.pop()) is None:
            return
        prefix += f"{top}/"


def _below(prefix: str, group: Group) -> Group:
    return msgspec.structs.replace(group, members=tuple(prefix + member for member in group.members))


# Gradescope, "Download Submissions" / "Export Submissions": a folder `submission_<number>` each, and `submission_metadata.yml`,
# a YAML file that Ruby has written, so that its keys are symbols:
#     submission_123456:
#       :submitters:
#       - :name: Ada Lovelace
#         :sid: '3031415'
#         :email: ada@example.edu
#       :created_at: 2024-02-01 12:34:56.123456000 Z
#       :score: 0.0
# Of a group there is one folder and several submitters.
_GRADESCOPE = re.compile(r"submission_\d+(?:\.\w+)?")


def _gradescope(paths: Sequence[str], read: Read, folder: str) -> list[Group]:
    tops = dict.fromkeys(path.split("/", 1)[0] for path in paths)
    table: dict[str, Any] = {}
    if METADATA in tops:
        table = _table(read(METADATA))
    elif not tops or not all(_GRADESCOPE.fullmatch(top) for top in tops):
        return []
    files = frozenset(paths)
    groups = []
    for key in dict.fromkeys([*table, *(top for top in tops if top != METADATA)]):
        fields = _fields(table.get(key))
        listed = fields.get("submitters")
        people = [_fields(person) for person in listed] if isinstance(listed, list) else []
        students = tuple(Student(_said(p.get("name")), _said(p.get("sid")), _said(p.get("email"))) for p in people)
        groups.append(
            Group(
                label=" + ".join(s.name or s.sid or s.email for s in students).strip(" +") or key, key=key,
                members=(key if key in files else f"{key}/",), students=students, submitted_at=_said(fields.get("created_at")),
            )
        )  # fmt: skip
    return groups


def _table(content: bytes) -> dict[str, Any]:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Results in this file may be objects of Ruby's classes: they are read as what they consist of."""

    def plain(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value

    Loader.add_multi_constructor("", plain)
    try:
        table = yaml.load(content, Loader)  # a safe one
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise UsageError(f"{METADATA}: is damaged: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(table, dict):
        raise UsageError(f"{METADATA}: is not a table of submissions; export them from Gradescope again")
    return {str(key).lstrip(":"): value for key, value in table.items()}


def _fields(value: Any) -> dict[str, Any]:
    return {str(key).lstrip(":"): item for key, item in value.items()} if isinstance(value, dict) else {}


def _said(value: Any) -> str:
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return "" if value is None or isinstance(value, (dict, list)) else " ".join(str(value).split())


# Moodle, "Download all submissions", by mod/assign/locallib.php: the full name, the number that the grading worksheet calls
# Identifier, then component and plugin; a folder each, or the same before each file's name. Groups come as
# `Group name-Full name`, participants of a blind assignment as `Participant`.
_MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL)


def _moodle(paths: Sequence[str], read: Read, folder: str) -> list[Group]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for path in paths:
        top, slash, _ = path.partition("/")
        match = _MOODLE.fullmatch(top)
        if match is None:
            return []
        found.setdefault((match["id"], match["name"].strip()), {})[top + slash] = None
    return [
        Group(label=name or identifier, key=identifier, members=tuple(members), students=(Student(name, identifier),))
        for (identifier, name), members in found.items()
    ]


# Canvas, "Download Submissions", by lib/content_zipper.rb: `<sortable name, lower case, letters>[_LATE]_<user>_<file>_<name>`,
# the user being the ID of Canvas's gradebook; `anon_<id>` for both where students are anonymous; a text or a link that was
# entered has no file's number. A file of a second attempt has `-1` before its ending.
_CANVAS = re.compile(
    r"(?:(?P<name>[^/]*?)_)??(?:(?P<late>LATE)_)?(?:anon_(?P<anonymous>[^\W_]+)|(?P<user>\d+))_(?:\d+_[^/]+|(?:text|link)\.html)"
)


def _canvas(paths: Sequence[str], read: Read, folder: str) -> list[Group]:
    found: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for path in paths:
        match = _CANVAS.fullmatch(path)
        if match is None:
            return []
        found.setdefault(match["user"] or match["anonymous"], []).append((path, match))
    return [
        Group(
            label=files[0][1]["name"] or user, key=user, members=tuple(path for path, _ in files),
            students=(Student(files[0][1]["name"] or "", user),), late=any(match["late"] for _, match in files),
        )
        for user, files in found.items()
    ]  # fmt: skip


# nbgrader, its course directory: {nbgrader_step}/{student_id}/{assignment_id}/{notebook_id}.ipynb, the step being `submitted`,
# with the time of collecting in `timestamp.txt`. The other steps' folders hold no submissions.
_STEPS = frozenset({"submitted", "source", "release", "autograded", "feedback", "solution"})


def _nbgrader(paths: Sequence[str], read: Read, folder: str) -> list[Group]:
    if folder == "submitted":
        paths, cut = [f"submitted/{path}" for path in paths], len("submitted/")
    else:
        cut = 0
    found: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        parts = path.split("/")
        if parts[0] == "submitted" and len(parts) >= 4:
            found.setdefault((parts[1], parts[2]), []).append(path)
        elif parts[0] == "submitted" or (len(parts) > 1 and parts[0] not in _STEPS):
            return []
    if not any(path.lower().endswith(".ipynb") for files in found.values() for path in files):
        return []
    several = len({assignment for _, assignment in found}) > 1
    groups = []
    for (student, assignment), files in found.items():
        stamp = f"submitted/{student}/{assignment}/timestamp.txt"
        when = read(stamp[cut:])[:100].decode(errors="replace") if stamp in files else ""
        groups.append(
            Group(
                label=f"{student}_{assignment}" if several else student, key=f"{student}_{assignment}",
                members=(f"submitted/{student}/{assignment}/"[cut:],), students=(Student(sid=student),),
                submitted_at=_said(when),
            )
        )  # fmt: skip
    return groups


_LAYOUTS = {"Gradescope": _gradescope, "Moodle": _moodle, "Canvas": _canvas, "nbgrader": _nbgrader}
