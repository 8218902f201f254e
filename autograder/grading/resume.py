"""Splits what was found into what must be graded, what has a current result, and what has one that waits to be published."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from autograder.grading.digests import Digests
from autograder.grading.grade import Grader
from autograder.reports.folder import ResultsFolder
from autograder.results import Status, SubmissionResult
from autograder.submissions import Found


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done.

    Attributes:
        waiting: to be graded.
        kept: names of those whose result is current.
        regraded: names of those that are graded again although the submission is the same: what changes is shown first.
        staged: names of regraded ones that have their new result already, from a run that ended before it was published.
        elsewhere: of `waiting`, those whose place is taken by the result of another file, and that file.
    """

    waiting: tuple[Found, ...]
    kept: tuple[str, ...]
    regraded: frozenset[str]
    staged: tuple[str, ...]
    elsewhere: tuple[tuple[Found, str], ...]


def split_current(
    grader: Grader, found: Sequence[Found], folder: ResultsFolder, digests: Digests, *, fresh: bool = False
) -> Split:
    """Compare what was found with the results that there are. `fresh`: none of them is taken for current.

    A result is current if file, tests, configuration and versions are those that it was made from. One that errored never is.
    Results that wait are thrown away unless they are current.
    """
    staged = _staged(grader, folder, fresh=fresh)
    waiting: list[Found] = []
    kept, regraded, ready = list[str](), list[str](), list[str]()
    elsewhere = list[tuple[Found, str]]()
    for one in found:
        old = folder.entry(one.name)
        if old is None:
            waiting.append(one)
            continue
        digest = digests.of(one)
        same = bool(digest) and digest == old.digest
        if same and old.bundle == grader.key and old.status is not Status.ERRORED and not fresh:
            kept.append(one.name)
            continue
        if old.status is not Status.ERRORED and (same or not (digest or old.digest)):
            regraded.append(one.name)
            if staged.get(one.name) == digest:
                ready.append(one.name)
                continue
        waiting.append(one)
        if not _is_of(old, one):
            elsewhere.append((one, " ".join([old.source, *old.members])))
    return Split(
        waiting=tuple(waiting), kept=tuple(kept), regraded=frozenset(regraded), staged=tuple(ready), elsewhere=tuple(elsewhere)
    )


def _staged(grader: Grader, folder: ResultsFolder, *, fresh: bool) -> dict[str, str]:
    """Name -> digest of results that wait and are current."""
    current = {}
    for result in folder.staged():
        if fresh or result.bundle != grader.key or result.status is Status.ERRORED:
            folder.drop(result.name)
        else:
            current[result.name] = result.digest
    return current


def _is_of(old: SubmissionResult, one: Found) -> bool:
    """Whether a result was made from what is at this place, or at one that leads to it."""
    if old.members != one.members:
        return False
    try:
        return old.source == one.path or Found("", old.source).location.resolve() == one.location.resolve()
    except (OSError, RuntimeError):
        return False
