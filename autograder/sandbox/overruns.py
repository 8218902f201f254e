"""What is known of student code that used up a test's time, so that it is not waited for as long again; trusted side.

A loop that never ends would else cost its whole limit in each cell and in each test case that comes to it. What the student's
process says of it is a claim, and believing it is safe: it shortens the time of that submission's own code.
"""

from __future__ import annotations

from typing import Any

from autograder.errors import ProtocolError

Place = tuple[int, str]
"""A function: the number of the cell that it stands in, and its qualified name."""

MOST = 64
"""Functions that are kept."""


class Overruns:
    """Of one submission.

    Attributes:
        brief: seconds that one call of a function in `asked` may take, in a cell as in a test; 0 for no such bound.
        asked: qualified names.
        places: functions that used them up.
    """

    def __init__(self, brief: float = 0.0, asked: tuple[str, ...] = ()):
        self.brief, self.asked = brief, asked
        self.places: dict[Place, None] = {}

    @property
    def message(self) -> list[Any]:
        """What a student's process is told."""
        return [self.brief, list(self.asked), [list(place) for place in self.places]]

    @property
    def version(self) -> int:
        """Another one whenever there is something new to tell; 0 if there is nothing."""
        return len(self.places) + bool(self.brief)

    def note(self, told: Any) -> None:
        """Take note of what a process says. Raises ProtocolError if it is of no known form."""
        if told is None:
            return
        if type(told) is not list or [type(part) for part in told] != [int, str]:
            raise ProtocolError("a function of no known form")
        number, name = told
        if name not in self.asked:
            raise ProtocolError("a function that nobody asked for")
        if len(self.places) < MOST:
            self.places[number, name] = None
