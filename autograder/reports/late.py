"""Says how late a submission is: its time as a platform wrote it and the configuration in, days and deduction out."""

from __future__ import annotations

import datetime
import functools
import math
import re
import zoneinfo
from typing import Final

import msgspec

from autograder.config import LateSection
from autograder.reports.text import count, number, one_line
from autograder.results import SubmissionResult

_DAY: Final = 86_400
_MOMENT: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?"
    r"(?:(?P<utc>Z|UTC|GMT)|(?P<offset>[+-]\d\d:?\d\d)|(?P<zone>[A-Za-z_]+/[A-Za-z0-9_+/-]+))"
)
"""As Gradescope, Ruby and nbgrader write a time. Abbreviations such as `CST` name several zones, and are not read."""


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """How late a submission is.

    Attributes:
        days: begun after the grace; None if that is not known.
        seconds: after it was due, negative before; None if that is not known.
        problem: why a time could not be read, for staff.
    """

    days: int | None = None
    seconds: float | None = None
    problem: str = ""


def moment(text: str) -> datetime.datetime | None:
    """The time that a platform wrote; None if it cannot be read, or says no zone."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        zone = zoneinfo.ZoneInfo(match["zone"]) if match["zone"] else None
        offset = "+00:00" if match["utc"] else match["offset"] or ""
        read = datetime.datetime.fromisoformat(f"{match['date']}T{match['time'].replace(',', '.')}{offset}")
        return read if zone is None else read.replace(tzinfo=zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):  # no such day, or no such zone
        return None


_due = functools.cache(datetime.datetime.fromisoformat)


def lateness(result: SubmissionResult, late: LateSection) -> Lateness:
    """How late a submission is, by its time where there is one and it was due at one, else by what the platform says."""
    if result.submitted_at and late.due:
        at = moment(result.submitted_at)
        if at is None:
            said = one_line(result.submitted_at, 60)
            return Lateness(
                problem=f"the time of submission, `{said}`, cannot be read as a time with a zone: nothing is deducted"
            )
        seconds = (at - _due(late.due)).total_seconds()
        return Lateness(days=max(0, math.ceil((seconds - late.grace_hours * 3600) / _DAY)), seconds=seconds)
    return Lateness(days={True: late.unknown_days, False: 0, None: None}[result.late])


def deduction(days: int | None, most: float, late: LateSection, decimals: int) -> float:
    """Points that so many late days cost, of an assignment in which `most` can be earned."""
    counted = max(0, (days or 0) - late.free_days)
    return round(min(late.per_day * counted, late.most) * most, decimals)


def rule(late: LateSection) -> str:
    """What a late day costs, in words."""
    parts = [f"{_percent(late.per_day)} of the most that can be earned for each late day"]
    if late.free_days:
        parts.append(f"{count(late.free_days, 'day')} free")
    if late.grace_hours:
        parts.append(f"{count_hours(late.grace_hours)} of grace")
    if late.most < 1:
        parts.append(f"at most {_percent(late.most)}")
    return ", ".join(parts)


def count_hours(hours: float) -> str:
    """`1 hour`, `1.5 hours`."""
    return f"{number(hours, 2)} hour" + ("" if hours == 1 else "s")


def clock(seconds: float | None) -> str:
    """Lateness as H:M:S; nothing where it is not known, zero where nothing is late."""
    if seconds is None:
        return ""
    whole = max(0, math.floor(seconds))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _percent(share: float) -> str:
    return f"{number(share * 100, 2)} %"
