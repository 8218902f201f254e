"""The judge processes of a sandbox, one a lane: submissions go to whichever is idle, and results are taken as they are ready."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait

import msgspec

from autograder.grading.grade import Grader, errored_result, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox import warden
from autograder.sandbox.confine import PR_SET_PDEATHSIG, prctl
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found

MARGIN = 180.0
"""Seconds that a judge may take on top of a submission's own time before it is given up."""


@dataclass
class _Judge:
    """One judge process and what it is busy with."""

    lane: Lane
    pid: int
    line: Connection
    busy: Found | None = None
    seed: int = 0
    since: float = 0.0


class Judges:
    """Judges at work. A judge that is lost costs its submission an `errored` result, and another takes its place."""

    def __init__(self, grader: Grader, lanes: Sequence[Lane]):
        self._grader = grader
        self._limit = grader.config.execution.submission_seconds + MARGIN
        self._judges = [_start(grader, lane) for lane in lanes]

    @property
    def idle(self) -> bool:
        """Whether a submission can be given to one of them."""
        return any(judge.busy is None for judge in self._judges)

    @property
    def busy(self) -> bool:
        """Whether there is a result to wait for."""
        return any(judge.busy is not None for judge in self._judges)

    def give(self, found: Found, seed: int) -> None:
        """Let one that is idle grade a submission."""
        judge = next(judge for judge in self._judges if judge.busy is None)
        judge.busy, judge.seed, judge.since = found, seed, time.monotonic()
        judge.line.send_bytes(msgspec.json.encode([found, seed]))

    def take(self, *, or_until: Sequence[socket.socket] = (), seconds: float = 1.0) -> list[tuple[Found, SubmissionResult]]:
        """What is done by now, after waiting for a result, or for one of these sockets to become readable; often nothing."""
        ready = wait([*(judge.line for judge in self._judges if judge.busy is not None), *or_until], timeout=seconds)
        done = []
        for index, judge in enumerate(self._judges):
            if judge.busy is None:
                continue
            if judge.line in ready:
                try:
                    result = msgspec.json.decode(judge.line.recv_bytes(), type=SubmissionResult)
                except EOFError:
                    result = None
            elif time.monotonic() - judge.since > self._limit:
                result = None
            else:
                continue
            found = judge.busy
            if result is None:
                reason = "The process that judged this submission was lost or hung."
                result = errored_result(self._grader, found, judge.seed, reason)
                self._judges[index] = _replace(self._grader, judge)
            else:
                judge.busy = None
            done.append((found, result))
        return done

    def close(self) -> None:
        """End them, whatever they are busy with."""
        for judge in self._judges:
            _end(judge)


def _start(grader: Grader, lane: Lane) -> _Judge:
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_IGN)  # the main process decides, and hangs up
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            ours.close()
            _serve(grader, lane, theirs)
        finally:
            os._exit(0)
    theirs.close()
    return _Judge(lane, pid, ours)


def _serve(grader: Grader, lane: Lane, line: Connection) -> None:
    while True:
        try:
            found, seed = msgspec.json.decode(line.recv_bytes(), type=tuple[Found, int])
        except EOFError:
            return
        line.send_bytes(msgspec.json.encode(grade_submission(grader, found, lane, seed)))


def _replace(grader: Grader, judge: _Judge) -> _Judge:
    """A new judge on the lane of one that was lost, with what that one left behind cleared away."""
    _end(judge)
    judge.lane.forget_answers()
    if judge.lane.uid is not None:
        warden.end_user(judge.lane.warden, judge.lane.uid)
    return _start(grader, judge.lane)


def _end(judge: _Judge) -> None:
    judge.line.close()
    try:
        os.kill(judge.pid, signal.SIGKILL)
        os.waitpid(judge.pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
