"""Grades many submissions: one judge process a core, results handed back one by one as they are ready."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait

import msgspec

from autograder.grading import seeds
from autograder.grading.grade import Grader, errored_result, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox import warden
from autograder.sandbox.confine import PR_SET_PDEATHSIG, prctl
from autograder.sandbox.session import Lane, Sandbox
from autograder.submissions import Found

MARGIN = 180.0
"""Seconds that a judge may take on top of a submission's own time before it is given up."""


class BatchProgress(msgspec.Struct, frozen=True):
    """A submission was begun (`result` is None) or is done."""

    found: Found
    result: SubmissionResult | None


@dataclass
class _Judge:
    """One judge process and what it is busy with."""

    lane: Lane
    pid: int
    line: Connection
    busy: Found | None = None
    seed: int = 0
    since: float = 0.0


def grade_batch(
    grader: Grader,
    sandbox: Sandbox,
    found: Sequence[Found],
    *,
    seed: int | None = None,
    seeds_of: Mapping[str, int] | None = None,
) -> Iterator[BatchProgress]:
    """Grade all of `found` on all lanes of the sandbox. A judge that is lost costs its submission an `errored` result.

    Each submission's hidden inputs come from a seed of the operating system's, unless one is given that all of them follow
    from, or `seeds_of` has one for the submission's name.
    """
    waiting = list(reversed(found))
    judges = [_start(grader, lane) for lane in sandbox.lanes[: max(1, len(found))]]
    limit = grader.config.execution.submission_seconds + MARGIN
    try:
        while True:
            for judge in judges:
                if judge.busy is None and waiting:
                    judge.busy, judge.since = waiting.pop(), time.monotonic()
                    judge.seed = _seed(judge.busy, seed, seeds_of or {})
                    judge.line.send_bytes(msgspec.json.encode([judge.busy, judge.seed]))
                    yield BatchProgress(judge.busy, None)
            busy = [judge for judge in judges if judge.busy is not None]
            if not busy:
                return
            ready = wait([judge.line for judge in busy], timeout=1.0)
            for index, judge in enumerate(judges):
                if judge.busy is None:
                    continue
                if judge.line in ready:
                    try:
                        result = msgspec.json.decode(judge.line.recv_bytes(), type=SubmissionResult)
                    except EOFError:
                        result = None
                elif time.monotonic() - judge.since > limit:
                    result = None
                else:
                    continue
                done = judge.busy
                if result is None:
                    result = errored_result(grader, done, judge.seed, "The process that judged this submission was lost or hung.")
                    judges[index] = _replace(grader, judge)
                else:
                    judge.busy = None
                yield BatchProgress(done, result)
    finally:
        for judge in judges:
            _end(judge)


def _seed(found: Found, seed: int | None, seeds_of: Mapping[str, int]) -> int:
    if found.name in seeds_of:
        return seeds_of[found.name]
    return seeds.fresh() if seed is None else seeds.derive(seed, found.name)


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
