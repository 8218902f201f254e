"""Names the gradebooks that marks can be written for: no input, the names out; apart, so that the command line loads no more."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A gradebook, as `report --format` calls it; `csv` and `xlsx` are for people, with everything that is known."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    CSV = "csv"
    XLSX = "xlsx"
