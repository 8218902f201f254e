"""Ends the grader's own work on what was handed in once it has taken too much of the processor's time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

from autograder.errors import AutograderError, SubmissionError

READING = 60.0
"""Seconds of the processor's time to read a submission and to find its answers; the largest of a class take a few."""
_AGAIN = 1.0
"""Seconds after which it is said again, in case somebody caught it."""


class _TooLong(BaseException):
    """Raised wherever the work is; not an Exception, so that what is tried on the way does not take it for its own failure."""


def reading() -> AbstractContextManager[None]:
    """Around what reads a submission. Raises SubmissionError if it takes for ever."""
    said = f"reading it was given up after {READING:g} s: its text takes too long to take apart"
    return patience(READING, SubmissionError(said))


@contextmanager
def patience(seconds: float, error: AutograderError) -> Iterator[None]:
    """Raise `error` in the block after so many seconds of the processor's time.

    Python's and the regular expressions' loops are interrupted. In a thread nothing is: signals are the main thread's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise _TooLong

    previous = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    except _TooLong:
        raise error from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)
