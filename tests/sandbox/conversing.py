"""Lets a hostile process talk on a real line, chunk by chunk, with a real `Connection`, and judges each answer that it took."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import ProtocolError, WorkerDied, WorkerError
from autograder.sandbox import protocol
from autograder.sandbox.connection import Connection
from tests.sandbox.forging import Choices, Forger, Frame
from tests.sandbox.receiving import PAYLOAD_FACTOR, SMALL, Escaped, Meter, most_memory


@dataclass(frozen=True)
class Script:
    """What a process says during a conversation, and when.

    Attributes:
        frames: one after the other, whatever was asked.
        chunks: lengths of what is written at once; 0 is a pause; what is left over after the last goes out in one piece.
        cut: bytes at the end that are never sent.
        early: chunks written before the first question.
        requests: how many questions the grader asks.
        patient: each frame waits for its question, as an honest process's would.
    """

    frames: tuple[Frame, ...]
    chunks: tuple[int, ...] = ()
    cut: int = 0
    early: int = 0
    requests: int = 2
    patient: bool = False

    @classmethod
    def forged(cls, choices: Choices) -> Script:
        """A conversation of a hostile process, or of an honest one now and then."""
        forger = Forger(choices)
        patient = choices.number(0, 3) == 0
        frames = [forger.frame(number) for number in range(1, 1 + choices.number(0, 3))]
        kind = 0 if patient else choices.number(0, 7)
        if kind == 1:
            frames = [*frames, *frames[:1]]  # the same answer again
        elif kind == 2:
            frames.reverse()
        chunks = tuple(choices.number(0, 40) for _ in range(choices.number(0, 12)))
        cut = choices.number(1, 20) if kind == 3 else 0
        return cls(tuple(frames), chunks, cut, 0 if patient else choices.number(0, 4), choices.number(1, 3), patient)


class Peer(socket.socket):
    """The grader's end of a real line, whose other end says the next chunk whenever it is looked at: no thread, no chance."""

    theirs: socket.socket
    pieces: list[bytes]

    def speak(self) -> None:
        """Write the next chunk, if there is one."""
        if self.pieces:
            self.theirs.sendall(self.pieces.pop(0))

    def fileno(self) -> int:
        """Asked for before each wait, which must not be for ever: with nothing left to say, the other end hangs up."""
        descriptor = super().fileno()
        if descriptor >= 0 and self.theirs.fileno() >= 0:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            while not poll.poll(0):
                if not self.pieces:
                    self.theirs.shutdown(socket.SHUT_WR)
                self.speak()
        return descriptor

    def recv(self, *args: Any) -> bytes:
        """Some of what was said."""
        self.speak()
        return super().recv(*args)

    def recv_into(self, *args: Any) -> int:
        """Some of what was said."""
        self.speak()
        return super().recv_into(*args)


def converse(script: Script) -> int:
    """Ask a process that follows the script, and check each answer against what was said.

    Returns the bytes of memory that the worst of its answers took.
    """
    said = b"".join(map(bytes, script.frames))
    said = said[: len(said) - script.cut] if script.cut else said
    ours, theirs = socket.socketpair()
    line = Peer(fileno=ours.detach())
    line.theirs = theirs
    line.pieces = _cut([said], script.chunks) if not script.patient else []
    ended: list[int] = []
    talk = Connection(line, None, end=lambda: ended.append(1))
    try:
        for _ in range(script.early):
            line.speak()
        position = taken = 0
        for number in range(1, script.requests + 1):
            honest = script.patient and number <= len(script.frames) and script.frames[number - 1].honest
            if script.patient:
                line.pieces = _cut([bytes(frame) for frame in script.frames[number - 1 : number]], script.chunks)
            if ended and (talk.alive or socket.socket.fileno(line) >= 0):
                raise Escaped("an error on the line, and it is still open")
            due = honest and talk.alive
            with Meter() as meter:
                got = _one(talk)
            taken = max(taken, meter.taken)
            step = _judge(talk, got, said[position:], number, due)
            if step is None:
                if ended != [1]:
                    raise Escaped(f"an error on the line, and the process was ended {len(ended)} times")
                continue
            position += step
    finally:
        talk.close()
        theirs.close()
    announced = [frame.claimed or (len(frame.body), len(frame.payload)) for frame in script.frames]
    within = [size for size in announced if size[0] <= protocol.MAX_MESSAGE and size[1] <= protocol.MAX_PAYLOAD]
    if taken > max((most_memory(*size) for size in within), default=SMALL) + PAYLOAD_FACTOR * len(said):
        raise Escaped(f"{taken} bytes of memory for a conversation of {len(said)}")
    return taken


def _cut(said: list[bytes], chunks: Sequence[int]) -> list[bytes]:
    rest, pieces = b"".join(said), []
    for size in chunks:
        pieces.append(rest[:size])
        rest = rest[size:]
    return [*pieces, rest] if rest else pieces


def _one(talk: Connection) -> tuple[dict[str, Any], protocol.Received] | WorkerError:
    try:
        return talk.exchange({"o": "get"}, seconds=5)
    except WorkerError as error:
        return error


def _judge(
    talk: Connection, got: tuple[dict[str, Any], protocol.Received] | WorkerError, rest: bytes, number: int, due: bool
) -> int | None:
    """How far an answer reaches in what was said; None if there was none. `due`: it must be there, if it is well-formed."""
    if isinstance(got, WorkerError):
        if talk.alive:
            raise Escaped("an error on the line, and the process would be asked again")
        if not isinstance(got, (ProtocolError, WorkerDied)):
            raise Escaped(f"{type(got).__name__} on a line that never fell silent")
        if due and _is_answer(rest, number):
            raise Escaped(f"a right answer was refused: {got}")
        return None
    if not _is_answer(rest, number):
        raise Escaped("an answer that was never given to this question")
    answer, body = got
    _, size, payload_size = protocol.decode_header(rest[: protocol.HEADER.size])
    end = protocol.HEADER.size + size
    if repr(protocol.decode_message(rest[protocol.HEADER.size : end])) != repr(answer):
        raise Escaped("another answer than was given")
    if bytes(body.take(0, payload_size)) != rest[end : end + payload_size]:
        raise Escaped("other bytes than were sent")
    return end + payload_size


def _is_answer(rest: bytes, number: int) -> bool:
    """Whether what comes next is a whole and well-formed answer to this question."""
    if len(rest) < protocol.HEADER.size:
        return False
    sequence, size, payload_size = protocol.HEADER.unpack(rest[: protocol.HEADER.size])
    if sequence != number or len(rest) < protocol.HEADER.size + size + payload_size:
        return False
    try:
        protocol.decode_message(rest[protocol.HEADER.size : protocol.HEADER.size + size])
    except ProtocolError:
        return False
    return True
