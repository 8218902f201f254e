"""What is known of student code that did not finish in time, so that it is not waited for as long again; trusted side.

A loop that never ends would else cost its whole limit in each cell and in each test case that comes to it. What the student's
process says of it is a claim, and believing it is safe: it shortens the time of that submission's own code.
"""

from __future__ import annotations

from typing import Any

from autograder.errors import ProtocolError

MOST = 64
"""Functions that are kept."""

Place = tuple[int, str]
"""A function: the number of the cell that it stands in, and its qualified name."""


class Overruns:
    """Of one submission.

    Attributes:
        places: functions that used up a limit.
        brief: seconds that one call of a function in `asked` may take even in a cell that has longer; 0 for no such bound.
        asked: qualified names.
    """

    def __init__(self, brief: float = 0.0, asked: tuple[str, ...] = ()):
        self.places: dict[Place, None] = {}
        self.brief, self.asked = brief, asked

    @property
    def message(self) -> dict[str, Any]:
        """What a student's process is told."""
        return {"o": "limits", "n": [list(place) for place in self.places], "w": self.brief, "a": list(self.asked)}

    @property
    def version(self) -> int:
        """Another one whenever there is something new to tell; 0 if there is nothing."""
        return len(self.places) + bool(self.brief)

    def note(self, told: Any) -> None:
        """Take note of what a process says. Raises ProtocolError if it is of no known form."""
        if told is None:
            return
        if type(told) is not list or len(told) > MOST:
            raise ProtocolError("functions that are no list, or too many")
        for one in told:
            if type(one) is not list or [type(part) for part in one] != [int, str] or len(one[1]) > 200:
                raise ProtocolError("a function of no known form")
            if len(self.places) < MOST:
                self.places[one[0], one[1]] = None
