"""The grader's end of the line to one student process: numbered requests with a deadline, answers checked before use."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.errors import ProtocolError, StudentException, WorkerDied, WorkerTimeout
from autograder.sandbox import protocol
from autograder.sandbox.overruns import Overruns

GRACE = 2.0
"""Seconds that a process may overrun the limit it was told, before it is given up."""


SMALL_FRAME = 1 << 16
"""Bytes that are asked for at once where an answer begins."""

AGAIN = "`{}` had not finished in time before, and did not now"
"""Why code was stopped early."""

DRAINED = 64
"""Chunks of 64 KiB read at once; more than a pipe holds, and an end for one that is filled as fast as it is read."""


class Output:
    """Collects what a submission prints: the first `limit` bytes are kept, the rest is read and dropped.

    Attributes:
        closed: nothing is kept any more (hidden tests have begun).
    """

    def __init__(self, descriptor: int, limit: int):
        os.set_blocking(descriptor, False)
        self.descriptor, self.limit = descriptor, limit
        self._kept = bytearray()
        self._taken = 0
        self.closed = False

    def drain(self) -> None:
        """Read whatever waits in the pipe."""
        for _ in range(DRAINED):
            try:
                chunk = os.read(self.descriptor, 1 << 16)
            except (BlockingIOError, OSError):
                return
            if not chunk:
                return
            if not self.closed:
                self._kept += chunk[: max(0, self.limit - len(self._kept))]

    def take(self) -> str:
        """What was printed since the last call, as text."""
        self.drain()
        new = bytes(self._kept[self._taken :])
        self._taken = len(self._kept)
        return new.decode("utf-8", "replace")


class Connection:
    """One student process, asked one thing at a time.

    Attributes:
        methods: names of types and of attributes that were methods of an object of that type, as the process told; they are
            looked up and called in one request.
        named: for global variables that were asked for together before, the references to what they were; see `Namespace.lookup`.
        told: the version of `overruns` that the process knows.
        alive: False once anything went wrong on the line; the process is then not asked again.
    """

    def __init__(
        self,
        line: socket.socket,
        output: Output | None,
        end: Callable[[], None] = lambda: None,
        overruns: Overruns | None = None,
        told: int = 0,
    ):
        """`end` is called when a request got no usable answer: it kills the process, which may be busy for ever.

        `overruns`: what is known of functions that take long, which the process is told, and which grows by what it says.
        """
        line.setblocking(False)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.line, self.output, self._end = line, output, end
        self.methods: set[tuple[str, str]] = set()
        self.named: dict[tuple[str, ...], dict[str, tuple[int, str, bool]]] = {}
        self.alive = True
        self.overruns, self.told = overruns or Overruns(), told
        self._sequence = 0

    def close(self) -> None:
        """Hang up; an idle process at the other end then leaves by itself."""
        self.alive = False
        self.line.close()

    def give_up(self) -> None:
        """Hang up and end the process: what it said cannot be used, and nothing that it says from now on is wanted."""
        if self.alive:
            self.close()
            self._end()

    def request(
        self,
        message: dict[str, Any],
        payload: protocol.Payload | None = None,
        *,
        seconds: float,
        descriptor: int | None = None,
    ) -> tuple[dict[str, Any], protocol.Received]:
        """Ask and wait. Returns the answer's message and payload.

        Raises:
            WorkerTimeout: no answer within `seconds` and the grace.
            WorkerDied: the process hung up.
            ProtocolError: the answer is malformed, too large, or not the one to this request.
            StudentException: student code raised.
        """
        answer, body = self.exchange(message, payload, seconds=seconds, descriptor=descriptor)
        try:
            self.raise_student(answer, seconds)
        except AttributeError as error:  # what a test would be told of an object, and no answer to anything else
            raise StudentException("AttributeError", str(error), None, None) from None
        return answer, body

    def exchange(
        self,
        message: dict[str, Any],
        payload: protocol.Payload | None = None,
        *,
        seconds: float,
        descriptor: int | None = None,
    ) -> tuple[dict[str, Any], protocol.Received]:
        """As `request`, but an answer that says that student code raised is returned; see `raise_student`."""
        if not self.alive:
            raise WorkerDied("the process that ran your code had already ended")
        if self.told != self.overruns.version:
            self.told = self.overruns.version
            message = message | {"lim": self.overruns.message}
        self._sequence += 1
        buffers = protocol.encode_frame(self._sequence, message, payload or protocol.Payload())
        deadline = time.monotonic() + seconds + GRACE
        try:
            self._send(buffers, deadline, descriptor)
            self._wait(select.POLLIN, deadline)
            start = self._begin(deadline)
            sequence, size, payload_size = protocol.decode_header(bytes(start[: protocol.HEADER.size]))
            if sequence != self._sequence:
                raise ProtocolError("an answer to something that was not asked")
            end = protocol.HEADER.size + size
            if len(start) > end + payload_size:
                raise ProtocolError("more than the answer that was announced")
            said, sent = start[protocol.HEADER.size : end], start[end:]
            answer = protocol.decode_message(said + self._read(size - len(said), deadline))
            body = protocol.Received(sent + self._read(payload_size - len(sent), deadline))
        except BaseException:
            self.give_up()
            raise
        return answer, body

    def raise_student(self, answer: dict[str, Any], seconds: float) -> None:
        """Raise what the answer says that student code raised, if it did."""
        error = answer.get("e")
        if error is None:
            return
        told = error if type(error) is dict else {}
        kind, text, cell, line = (told.get(key) for key in ("kind", "text", "cell", "line"))
        if type(kind) is not str or type(text) is not str:
            self.give_up()
            raise ProtocolError("an error of no known form")
        if kind == "timeout":
            again = self.overran(told)
            if again is not None:
                raise WorkerTimeout(f"your code was stopped early: {AGAIN.format(again)}")
            raise WorkerTimeout(f"your code did not finish within {seconds:.3g} s")
        if told.get("attribute") is True:
            raise AttributeError(text[:500])
        raise StudentException(
            kind[:100], text[:500], cell if type(cell) is int else None, line if type(line) is int else None
        )

    def overran(self, told: dict[str, Any]) -> str | None:
        """Note what used up its time, by what the process tells of code that was stopped.

        Returns for what it was stopped early, if it was.
        """
        try:
            self.overruns.note(told.get("place"))
        except ProtocolError:
            self.give_up()
            raise
        again = told.get("again")
        return again[:200] if type(again) is str else None

    def _wait(self, events: int, deadline: float) -> None:
        """Wait until the line is ready, draining the submission's output meanwhile."""
        poll = select.poll()
        poll.register(self.line, events)
        if self.output is not None:
            poll.register(self.output.descriptor, select.POLLIN)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerTimeout("your code did not finish in time and was stopped")
            ready = False
            for descriptor, event in poll.poll(min(left, 1.0) * 1000):
                if descriptor == self.line.fileno():
                    ready = True
                elif self.output is not None:
                    self.output.drain()
                    if not event & select.POLLIN:
                        poll.unregister(descriptor)  # hung up: nobody can print any more
            if ready:
                return

    def _send(self, buffers: list[bytes | memoryview], deadline: float, descriptor: int | None) -> None:
        views = [memoryview(buffer).cast("B") for buffer in buffers if len(buffer)]
        ancillary = protocol.rights(descriptor)
        while views:
            try:
                sent = self.line.sendmsg(views[:64], ancillary)
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
                continue
            except OSError as error:
                raise WorkerDied("the process that ran your code ended") from error
            ancillary = []
            views = protocol.unsent(views, sent)

    def _begin(self, deadline: float) -> bytearray:
        """The header of an answer, and what came with it: of most answers that is all, in one read."""
        start = bytearray()
        while len(start) < protocol.HEADER.size:
            try:
                chunk = self.line.recv(SMALL_FRAME)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise WorkerDied("the process that ran your code ended") from error
            if not chunk:
                raise WorkerDied("the process that ran your code ended")
            start += chunk
        return start

    def _read(self, size: int, deadline: float) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            try:
                count = self.line.recv_into(view)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise WorkerDied("the process that ran your code ended") from error
            if count == 0:
                raise WorkerDied("the process that ran your code ended")
            view = view[count:]
        return buffer
