"""Packs a submission for another machine: what was found in, a parcel out, whatever it is; see `parcel`."""

from __future__ import annotations

import os

import msgspec

from autograder.errors import SubmissionError
from autograder.submissions.found import Found
from autograder.submissions.reading.candidates import ARCHIVE, Opened, Tier, measured
from autograder.submissions.reading.limits import MAX_BYTES, MAX_TOTAL, Budget
from autograder.submissions.reading.parcel import Parcel, Parts, Refusal
from autograder.submissions.reading.sources import open_file, read_whole
from autograder.submissions.reading.submission import digest_of_opened, open_submission


def pack(found: Found) -> bytes:
    """The parcel of a submission. Never raises for what a submission is: what cannot be read here says so there."""
    return msgspec.msgpack.encode(_packed(found))


def _packed(found: Found) -> Parcel:
    path = found.location
    try:
        if not found.members and path.is_file() and path.stat().st_size <= MAX_BYTES:
            with open_file(path) as file:
                return Parcel(name=os.fsencode(path.name), whole=read_whole(file, path.name))
        with open_submission(found) as opened:
            return Parcel(parts=_parts(opened))
    except SubmissionError as error:
        return Parcel(failure=Refusal.of(error))
    except OSError as error:
        return Parcel(failure=Refusal(f"{path.name}: cannot be read: {error.strerror or error}"))


def _parts(opened: Opened) -> Parts:
    entries = tuple(measured(opened, Budget()))
    contents, refused, left = dict[str, bytes](), dict[str, Refusal](), MAX_TOTAL
    for entry in entries:
        if entry.refused or not (opened.lone or _may_be_read(entry.path)):
            continue
        try:
            content = bytes(opened.source.read(entry))
        except SubmissionError as error:
            refused[entry.path] = Refusal.of(error)
            continue
        left -= len(content)
        if left < 0:
            refused[entry.path] = Refusal(f"{entry.path}: was not sent, with more than {MAX_TOTAL >> 20} MiB before it")
        else:
            contents[entry.path] = content
    return Parts(
        name=opened.name,
        size=opened.size,
        members=opened.members,
        lone=opened.lone,
        digest=digest_of_opened(opened),
        entries=entries,
        contents=contents,
        refused=refused,
    )


def _may_be_read(path: str) -> bool:
    return ARCHIVE.search(path) is not None or any(tier.value.search(path) for tier in Tier)
