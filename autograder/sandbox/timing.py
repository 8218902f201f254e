"""Ends student code whose time is over, sooner where a method is at work that used up a test's time before; untrusted side."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

CELL_NAME = re.compile(r"^<cell (\d+)>$")

FIRST, TICK = 0.1, 0.5
"""Seconds of the processor's time until the first look at the stack, and from one to the next."""
SHARE, LEAST = 0.1, 1.0
"""Share of a test's time that one call may take of what used all of it up before, and seconds that it has at least."""

Place = tuple[int, str]


class TimeIsUp(BaseException):
    """Raised inside student code when its time is over; not an Exception, so that `except Exception` lets it through.

    Attributes:
        place: what one call of took all the time that a test would give it.
        again: the qualified name of what had done so before, if that is why the time was cut short.
    """

    place: Place | None = None
    again: str | None = None


@dataclass
class Known:
    """What the grader said of functions.

    Attributes:
        asked: qualified names of those that the assignment asks for; no others are looked at.
        brief: seconds that one call of these may take; 0 for no such bound, and no look.
        slow: those that used them up before.
    """

    asked: frozenset[str] = frozenset()
    brief: float = 0.0
    slow: set[Place] = field(default_factory=set)

    @property
    def all_of_it(self) -> float:
        """Seconds for which a call has been seen, at least, if it used up a test's time: from one look to another."""
        return max(self.brief / 2, self.brief - 2 * TICK)

    @property
    def short(self) -> float:
        """Seconds that one call has of what used up a test's time before."""
        return max(LEAST, SHARE * self.brief)


class _Calls:
    """The calls of functions that are asked for, and since when each has been seen.

    None of their frames is held: that would keep what is in them alive. A frame that has been seen is marked by an attribute that
    only tracers read, since another one may come to lie where it was.
    """

    def __init__(self, known: Known):
        self._known = known
        self._since: dict[int, tuple[float, Place]] = {}

    def look(self, frame: FrameType | None, now: float) -> None:
        """Look at the stack."""
        there: dict[int, tuple[float, Place]] = {}
        while frame is not None:
            code = frame.f_code
            match = CELL_NAME.match(code.co_filename) if code.co_qualname in self._known.asked else None
            if match:
                seen = self._since.get(id(frame)) if not frame.f_trace_lines else None
                there[id(frame)] = seen or (now, (int(match[1]), code.co_qualname))
                frame.f_trace_lines = False
            frame = frame.f_back
        self._since = there

    def older(self, seconds: float, now: float) -> list[Place]:
        """What has been at work for so long in one call, the innermost first."""
        return [place for since, place in self._since.values() if now - since >= seconds]


@contextmanager
def time_limit(seconds: float, known: Known) -> Iterator[None]:
    """Raise TimeIsUp in the block after `seconds` of wall time; what ignores it is killed from outside soon after.

    One call of a function that is asked for has no more than `known` says. The looks have a timer and a signal of their own: the
    other ones may be the student's.
    """
    calls = _Calls(known)

    def stop(signum: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        calls.look(frame, now)
        error = TimeIsUp()
        error.place = next(iter(calls.older(known.all_of_it, now)), None)
        raise error

    def look(signum: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        calls.look(frame, now)
        again = [place for place in calls.older(known.short, now) if place in known.slow]
        if again:
            error = TimeIsUp()
            error.again = again[0][1]
            raise error
        if calls.older(known.brief, now):
            stop(signum, frame)

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    looking = known.brief > 0 and seconds > LEAST
    if looking:
        before = signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, FIRST, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if looking:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
        signal.signal(signal.SIGALRM, previous)
