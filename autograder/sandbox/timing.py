"""Ends student code whose time is over, sooner where a function is at work that used up a limit before; untrusted side."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

CELL_NAME = re.compile(r"^<cell (\d+)>$")

TICK = 0.5
"""Seconds from one look at the stack to the next."""
SHARE, LEAST = 0.1, 1.0
"""Share of its time that one call of a function may take which used up a limit before, and seconds that it has at least."""

Place = tuple[int, str]


class TimeIsUp(BaseException):
    """Raised inside student code when its time is over; not an Exception, so that `except Exception` lets it through.

    Attributes:
        places: the functions of the submission that one call of took most of the time.
        again: the one that had been stopped before, if that is why the time was cut short.
    """

    places: tuple[Place, ...] = ()
    again: str | None = None


@dataclass
class Known:
    """What the grader said of functions.

    Attributes:
        slow: those that used up a limit before.
        brief: seconds that one call of one of `asked` may take; 0 for any.
    """

    slow: set[Place] = field(default_factory=set)
    brief: float = 0.0
    asked: frozenset[str] = frozenset()


class _Stack:
    """The calls of a submission's functions that are under way, and since when each has been seen."""

    def __init__(self) -> None:
        self._since: dict[FrameType, float] = {}

    def look(self, frame: FrameType | None, now: float) -> None:
        """Look at the stack. The frame of a call that has ended is kept until then, so that no other is taken for it."""
        there: dict[FrameType, float] = {}
        while frame is not None:
            if CELL_NAME.match(frame.f_code.co_filename) and frame.f_code.co_name != "<module>":
                there[frame] = self._since.get(frame, now)
            frame = frame.f_back
        self._since = there

    def older(self, seconds: float, now: float) -> list[Place]:
        """Functions that have been at work for so long in one call, the innermost first."""
        return [_place(frame) for frame, since in self._since.items() if now - since >= seconds]


def _place(frame: FrameType) -> Place:
    match = CELL_NAME.match(frame.f_code.co_filename)
    return int(match[1]) if match else 0, frame.f_code.co_qualname[:200]


@contextmanager
def time_limit(seconds: float, known: Known | None = None) -> Iterator[None]:
    """Raise TimeIsUp in the block after `seconds` of wall time; what ignores it is killed from outside soon after."""
    known, stack, started = known or Known(), _Stack(), time.monotonic()
    short = max(LEAST, SHARE * seconds)

    def look(signum: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        stack.look(frame, now)
        again = [place for place in stack.older(short, now) if place in known.slow]
        brief = bool(known.brief) and any(name in known.asked for _, name in stack.older(known.brief, now))
        left = started + seconds - now
        if left > 0 and not again and not brief:
            signal.setitimer(signal.ITIMER_REAL, min(left, TICK), TICK)
            return
        error = TimeIsUp()
        error.places = tuple(stack.older(seconds / 2 if left <= 0 else known.brief, now)) if not again else ()
        error.again = again[0][1] if again else None
        raise error

    previous = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, TICK), TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
