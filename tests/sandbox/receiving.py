"""Receives forged answers as the grader would, and judges what it did with them.

`receive` raises `Escaped` where the grader does not keep its word: a value that is not of its own making, more memory than
`most_memory` allows, or a process that would be asked again after a ProtocolError. An exception that is not the grader's own
goes through as it is.
"""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import torch

from autograder import checks
from autograder.errors import ProtocolError, StudentException, WorkerTimeout
from autograder.sandbox import connection, protocol
from autograder.sandbox.connection import Connection
from autograder.sandbox.handles import Handle
from autograder.sandbox.overruns import Overruns
from autograder.sandbox.remote import MAX_NAME, Namespace
from autograder.sandbox.session import Worker

MESSAGE_FACTOR = 160
"""Bytes that a byte of a message may become: the worst are lists in lists, at 64 as decoded and at 88 as unpacked."""
PAYLOAD_FACTOR = 3
"""How often a payload may be there at once: as it is read, joined with what came along with the header, and as tensors."""
SMALL = 1 << 18
"""Bytes that any frame may cost: buffers of the line, objects of the exchange, the text of an error."""
PLAIN = (type(None), bool, int, float, str, bytes)


class Meter:
    """Watches memory while it is entered; a forger's own is none of it.

    Attributes:
        taken: bytes, at the worst moment.
    """

    def __enter__(self) -> Meter:
        self.taken = 0
        tracemalloc.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


class Escaped(AssertionError):
    """The grader did not keep its word."""


def most_memory(message: int, payload: int) -> int:
    """Bytes that the grader may take for a frame of a message and a payload of these lengths."""
    return SMALL + MESSAGE_FACTOR * message + PAYLOAD_FACTOR * payload


class Canned:
    """Stands in for a connection that has received one answer, in all but the reading of it."""

    def __init__(self, body: bytes, payload: bytes):
        self._body, self._payload = body, payload
        self.alive = True
        self.methods: set[tuple[str, str]] = set()
        self.named: dict[tuple[str, ...], dict[str, tuple[int, str, bool]]] = {}
        self.overruns, self.told = Overruns(1.0, ("Linear.forward",)), 0
        self.raise_student = Connection.raise_student.__get__(self)
        self.overran = Connection.overran.__get__(self)

    def give_up(self) -> None:
        """Take note."""
        self.alive = False

    def exchange(self, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], protocol.Received]:
        """The answer."""
        try:
            return protocol.decode_message(self._body), protocol.Received(self._payload)
        except ProtocolError:
            self.give_up()
            raise

    def request(self, *args: Any, seconds: float, **kwargs: Any) -> tuple[dict[str, Any], protocol.Received]:
        """The answer, or the error that it tells."""
        answer, body = self.exchange()
        self.raise_student(answer, seconds)
        return answer, body


def _ask(line: Canned) -> Any:
    mine, leaf = torch.zeros(2, 2), torch.ones(4, requires_grad=True)
    space = Namespace(line, seconds=1)  # type: ignore[arg-type]
    value = space.ask("call", a=[mine, leaf, torch.zeros(3, dtype=torch.int64)])
    if mine.tolist() != [[0.0, 0.0], [0.0, 0.0]] or leaf.tolist() != [1.0] * 4 or len(space.seen) > 50:
        raise Escaped("an answer reached what it has no business with")
    changed = [(sent, left) for sent in (mine, leaf) if (left := space.left(sent)) is not sent]
    if any(sent.dtype != left.dtype for sent, left in changed):
        raise Escaped("a tensor that came back with another dtype")
    return [value, *(left for _, left in changed)]


def _ask_ahead(line: Canned) -> Any:
    space = Namespace(line, seconds=1)  # type: ignore[arg-type]
    made = space.ask_ahead(checks.called, [[torch.zeros(2)], [1], []])
    if len(made) > 3:
        raise Escaped("more answers than were asked for")
    return [one() for one in made]


_ask_ahead(Canned(msgspec.msgpack.encode({"v": []}), b""))  # finds the source of `checks.called`, of which no answer is to blame


def _asking(question: Callable[[Handle], Any]) -> Callable[[Canned], Any]:
    return lambda line: question(Handle(Namespace(line, seconds=1), 1, "Layer", False))  # type: ignore[arg-type]


def _lookup(line: Canned) -> Any:
    return Namespace(line, seconds=1).lookup(("v", "Layer", "t"))  # type: ignore[arg-type]


def _run_cell(line: Canned) -> Any:
    session = SimpleNamespace(output=SimpleNamespace(take=lambda: ""))
    ended = Worker(session, line).run_cell(1, "", seconds=1)  # type: ignore[arg-type]
    known = ended.status in {"ok", "raised", "timeout", "syntax", "died"} and type(ended.line) in (int, type(None))
    told = ended.error is None if ended.status == "ok" else type(ended.error) is str and len(ended.error) < 1000
    if not known or not told or line.alive != (ended.status != "died"):
        raise Escaped(f"a cell's end that cannot be: {ended}")
    return None


def _fork(line: Canned) -> Any:
    def connect(ours: socket.socket, pid: int, told: int) -> None:
        ours.close()
        if type(pid) is not int or not 1 < pid < 1 << 31:
            raise Escaped(f"{pid} taken for a process")

    Worker(SimpleNamespace(_connect=connect), line).fork()  # type: ignore[arg-type]
    return None


QUESTIONS: tuple[Callable[[Handle], Any], ...] = (len, bool, list, repr, dir, lambda handle: "x" in handle)
USERS = (_ask, _ask, _ask, _ask_ahead, _lookup, _run_cell, _fork, *map(_asking, QUESTIONS))


def receive(frame: bytes) -> int:
    """Take one frame apart as the grader would; its sequence number says for whom it is. Returns the bytes of memory taken."""
    try:
        sequence, size, payload_size = protocol.decode_header(frame[: protocol.HEADER.size].ljust(protocol.HEADER.size, b"\0"))
    except ProtocolError:
        return 0
    rest = frame[protocol.HEADER.size :]
    body, payload = rest[:size], rest[size : size + payload_size]
    line = Canned(body, payload)
    with Meter() as meter:
        value = _outcome(line, lambda: USERS[sequence % len(USERS)](line))
    if meter.taken > most_memory(len(body), len(payload)):
        raise Escaped(f"{meter.taken} bytes of memory for a message of {len(body)} and a payload of {len(payload)}")
    if own(value) > len(payload):
        raise Escaped("tensors larger than what was sent")
    return meter.taken


def _outcome(line: Canned, use: Callable[[], Any]) -> Any:
    """The value, or None for an error that is the student's; whether the process may be asked again must fit it."""
    try:
        value = use()
    except ProtocolError:
        if line.alive:
            raise Escaped("a ProtocolError, and the process would be asked again") from None
        return None
    except (StudentException, WorkerTimeout) as error:
        if not line.alive or len(str(error)) > 1000:
            raise Escaped("an exception of the student's that cost the process, or that is too long") from None
        return None
    except AttributeError as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code.co_filename != connection.__file__:
            raise
        return None
    return value


def own(value: Any) -> int:
    """Bytes of the tensors in a value. Raises Escaped if anything in it is not of the grader's own making."""
    return sum(tensor_bytes(part) for part in parts(value) if type(part) in (torch.Tensor, torch.nn.Parameter))


def tensor_bytes(tensor: torch.Tensor) -> int:
    """Bytes of a tensor and its gradient, which must both be plain."""
    if tensor.dtype not in protocol.NAMES or tensor.layout is not torch.strided or tensor.device.type != "cpu":
        raise Escaped("a tensor of another kind")
    size = tensor.untyped_storage().nbytes()
    if size != tensor.numel() * tensor.element_size() or not tensor.is_contiguous():
        raise Escaped("a tensor that does not fill its memory")
    if tensor.dtype is torch.bool and tensor.numel() and int(tensor.view(torch.uint8).max()) > 1:
        raise Escaped("a truth value other than 0 and 1")
    if tensor.grad_fn is not None or not tensor.is_leaf:
        raise Escaped("a tensor with a history")
    return size + (tensor_bytes(tensor.grad) if tensor.grad is not None else 0)


def parts(value: Any, depth: int = 0) -> Iterator[Any]:
    """A value and all that it holds; by exact type, since nothing else may be there."""
    yield value
    kind = type(value)
    if depth > protocol.MAX_DEPTH + 2:
        raise Escaped("a value that is nested too deep")
    if kind is dict:
        for key, item in value.items():
            yield from parts(key, depth + 1)
            yield from parts(item, depth + 1)
    elif kind is list or kind is tuple:
        for item in value:
            yield from parts(item, depth + 1)
    elif kind is Handle:
        name = object.__getattribute__(value, "_type_name")
        if type(name) is not str or len(name) > MAX_NAME or type(object.__getattribute__(value, "_number")) is not int:
            raise Escaped("a handle of odd make")
    elif kind not in PLAIN and kind not in (torch.Tensor, torch.nn.Parameter):
        raise Escaped(f"a value of type {kind.__name__}")
