"""What dask calls on a worker: a grader process is started beside it, and given one submission for each call.

Nothing is graded in the worker's own process, and no student code runs in it: it has many threads, holds other people's work,
and lives on. It hands bytes over, and its memory keeps no more than the line to the grader.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future, InvalidStateError

import msgspec

from autograder.cluster import lines
from autograder.cluster.kit import Kit, Prepared, data_here, refusal
from autograder.errors import GraderLost

READY_SECONDS = 300.0
"""For a grader to be ready; on a network's file system, importing torch alone may take a minute."""
ENDING_SECONDS = 20.0
"""For a grader that was hung up on to clear up."""

_graders: dict[str, Grader] = {}
"""By run. A function that dask calls has nothing else that outlives the call but what is in its process."""
_guard = threading.Lock()


class Grader:
    """A grader process, and the line to it."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: after which a submission that has no answer is given up, and the grader with it."""
        self._seconds = seconds
        self._numbers = itertools.count(1)
        self._pending: dict[int, Future[bytes]] = {}
        self._guard, self._sending = threading.Lock(), threading.Lock()
        self._line, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "autograder.cluster.grader", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=2, start_new_session=True
            )

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def open(self, opening: lines.Opening, manifest: bytes) -> lines.Opened:
        """Make it ready, which takes seconds. Raises GraderLost if it ends on the way, or takes far too long."""
        self._line.settimeout(READY_SECONDS)
        try:
            lines.send(self._line, opening)
            opened = lines.receive(self._line, lines.Opened)
            if opened is not None and not opened.failed:
                lines.send(self._line, lines.Manifest(manifest))
                opened = lines.receive(self._line, lines.Opened)
        except OSError as error:
            self.close()
            raise GraderLost(f"the grader did not become ready: {error}") from error
        if opened is None:
            self.close()
            raise GraderLost("the grader ended before it was ready; the worker's log has more")
        self._line.settimeout(None)
        threading.Thread(target=self._read, name="autograder-answers", daemon=True).start()
        return opened

    def grade(self, parcel: bytes, seed: int) -> bytes:
        """The result of a submission, as JSON. Raises GraderLost."""
        number, answer = next(self._numbers), Future[bytes]()
        with self._guard:
            self._pending[number] = answer
        try:
            with self._sending:
                lines.send(self._line, lines.Request(number, parcel, seed))
            return answer.result(timeout=self._seconds)
        except TimeoutError as error:
            self.close()
            raise GraderLost(f"the grader had not answered after {self._seconds:g} s and was ended") from error
        except OSError as error:
            raise GraderLost(f"the grader is gone: {error}") from error
        finally:
            with self._guard:
                self._pending.pop(number, None)

    def close(self) -> None:
        """Hang up, which ends it and lets go whoever waits for an answer. Returns at once."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        threading.Thread(target=self._end, name="autograder-ending", daemon=True).start()

    def _read(self) -> None:
        """Hand answers to whoever waits for them, until the line ends."""
        try:
            while (answer := lines.receive(self._line, lines.Answer)) is not None:
                with self._guard:
                    waiting = self._pending.get(answer.number)
                if waiting is not None:
                    waiting.set_result(answer.result)
        except (OSError, msgspec.DecodeError):
            pass  # it ends here in any case
        with self._guard:
            left = list(self._pending.values())
        for waiting in left:
            with contextlib.suppress(InvalidStateError):
                waiting.set_exception(GraderLost("the grader ended while it had this submission; the worker's log may have more"))
        self.close()

    def _end(self) -> None:
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its warden, which lives on, clears up after it
            self._process.wait()


def prepare(packed: bytes, lanes: int, data: dict[str, bytes] | None) -> bytes:
    """Make this worker ready for a run: a Kit in, Prepared out. It may be called again, and does no more than is needed."""
    kit = msgspec.msgpack.decode(packed, type=Kit)
    return msgspec.msgpack.encode(_prepared(kit, lanes, data))


def _prepared(kit: Kit, lanes: int, data: dict[str, bytes] | None) -> Prepared:
    if reason := refusal(kit):
        return Prepared(refused=reason)
    if data is None and data_here() != kit.data:
        return Prepared(lacks_data=True)
    with _guard:
        if kit.run in _graders and _graders[kit.run].alive:
            return Prepared()
        grader = _graders[kit.run] = Grader(kit.seconds)
    opening = lines.Opening(
        config=kit.config,
        lanes=lanes,
        submissions=kit.submissions,
        unconfined=kit.unconfined,
        idle=2 * kit.seconds,
        data=data,
    )
    opened = grader.open(opening, kit.manifest)
    if opened.failed or opened.key != kit.key:
        dismiss(kit.run)
    return Prepared(refused=opened.failed or ("" if opened.key == kit.key else "it reads other tests out of the same bytes"))


def grade(run: str, parcel: bytes, seed: int) -> bytes:
    """Grade one submission of a run: its parcel in, its result as JSON out. Raises GraderLost."""
    with _guard:
        grader = _graders.get(run)
    if grader is None:
        raise GraderLost("this worker has no grader for the run")
    return grader.grade(parcel, seed)


def dismiss(run: str) -> None:
    """The run is over on this worker."""
    with _guard:
        grader = _graders.pop(run, None)
    if grader is not None:
        grader.close()
