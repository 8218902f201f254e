"""Answers are the student's claims: whatever comes back on the line ends in a value or in an error that is the student's."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import ProtocolError, StudentException, WorkerDied, WorkerError, WorkerTimeout
from autograder.sandbox import connection, protocol
from autograder.sandbox.connection import Connection, Output
from autograder.sandbox.handles import Handle
from autograder.sandbox.remote import Namespace
from autograder.sandbox.session import Worker
from tests.sandbox.test_protocol import BYTES, NOISE, STRUCTURES, TENSORS

HOSTILE = settings(max_examples=700, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENDED: list[str] = []


class Line:
    """A student process that has already answered, with these bytes."""

    def __init__(self, content: bytes):
        ours, self.theirs = socket.socketpair()
        self.theirs.sendall(content)
        self.theirs.shutdown(socket.SHUT_WR)
        ENDED.clear()
        self.connection = Connection(ours, None, end=lambda: ENDED.append("killed"))

    def __enter__(self) -> Connection:
        return self.connection

    def __exit__(self, *error: object) -> None:
        self.connection.close()
        self.theirs.close()


class Canned:
    """Stands in for a connection: every request is answered by the same message."""

    alive = True

    def __init__(self, answer: dict[str, Any]):
        self.body = msgspec.msgpack.encode(answer)
        self.methods: set[tuple[str, str]] = set()
        self.named: dict[tuple[str, ...], dict[str, tuple[int, str, bool]]] = {}
        self.raise_student = Connection.raise_student.__get__(self)

    def give_up(self) -> None:
        """Nothing to end; that it would be is noted."""
        self.alive = False

    close = give_up

    def exchange(self, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], protocol.Received]:
        """The answer."""
        return protocol.decode_message(self.body), protocol.Received(BYTES)

    def request(self, *args: Any, seconds: float, **kwargs: Any) -> tuple[dict[str, Any], protocol.Received]:
        """The answer, or the error that it tells."""
        answer, body = self.exchange()
        self.raise_student(answer, seconds)
        return answer, body


def frame(message: Any, *, sequence: int = 1, payload: bytes = b"") -> bytes:
    """A whole frame."""
    body = msgspec.msgpack.encode(message)
    return protocol.HEADER.pack(sequence, len(body), len(payload)) + body + payload


def namespace(answer: dict[str, Any]) -> Namespace:
    """A namespace whose every request is answered so."""
    return Namespace(Canned(answer), seconds=1)  # type: ignore[arg-type]


def parts(value: Any) -> Iterator[Any]:
    """A value and all that it holds."""
    yield value
    if isinstance(value, dict):
        for item in value.items():
            yield from parts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from parts(item)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", WorkerDied),
        (frame({"v": 1})[:-1], WorkerDied),
        (protocol.HEADER.pack(1, 10, 0), WorkerDied),
        (frame({"v": 1}, sequence=2), ProtocolError),
        (frame({"v": 1}, sequence=0), ProtocolError),
        (frame([1]), ProtocolError),
        (protocol.HEADER.pack(1, 1, 0) + b"\xc1", ProtocolError),
        (protocol.HEADER.pack(1, protocol.MAX_MESSAGE + 1, 0), ProtocolError),
        (protocol.HEADER.pack(1, 1, protocol.MAX_PAYLOAD + 1), ProtocolError),
    ],
)
def test_a_bad_frame_ends_that_process_and_nothing_else(content: bytes, error: type[WorkerError]) -> None:
    """Cut short, out of order, no map, or too large: the line is closed, the process killed, and it is not asked again."""
    with Line(content) as line:
        with pytest.raises(error):
            line.request({"o": "get"}, seconds=1)
        assert not line.alive and ENDED == ["killed"]
        with pytest.raises(WorkerDied):
            line.request({"o": "get"}, seconds=1)


def test_an_answer_sent_early_does_not_shift_the_later_ones() -> None:
    """Two answers to one question: that is the end of the line at once, and the second never answers another question."""
    with Line(frame({"v": 1}) + frame({"v": 2})) as line:
        with pytest.raises(ProtocolError):
            line.request({"o": "get"}, seconds=1)
        assert not line.alive


def test_an_answer_sent_late_does_not_shift_the_later_ones() -> None:
    """A second answer that comes only after the first was read is not taken for that to the next question."""
    ours, theirs = socket.socketpair()
    line = Connection(ours, None)
    theirs.sendall(frame({"v": 1}))
    assert line.request({"o": "get"}, seconds=1)[0] == {"v": 1}
    theirs.sendall(frame({"v": 2}))
    with pytest.raises(ProtocolError):
        line.request({"o": "get"}, seconds=1)
    assert not line.alive
    theirs.close()


def test_silence_ends_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an answer has begun: every byte of it must be there in time."""
    monkeypatch.setattr(connection, "GRACE", 0.1)
    ours, theirs = socket.socketpair()
    theirs.sendall(frame({"v": "long"})[:-1])
    started = time.monotonic()
    with pytest.raises(WorkerTimeout):
        Connection(ours, None).request({"o": "get"}, seconds=0.1)
    assert time.monotonic() - started > 0.15
    theirs.close()


@pytest.mark.parametrize("error", [1, "text", [], {}, {"kind": "E"}, {"kind": 1, "text": ""}, {"kind": "E", "text": None}, True])
def test_an_error_of_no_known_form_is_a_protocol_error(error: Any) -> None:
    """And the process is not asked again."""
    with Line(frame({"e": error})) as line:
        with pytest.raises(ProtocolError):
            line.request({"o": "get"}, seconds=1)
        assert not line.alive


def test_an_exception_is_told_with_kind_text_cell_and_line() -> None:
    """Shortened, and with numbers only where they are numbers."""
    told = {"kind": "K" * 1000, "text": "t" * 5000, "cell": 3, "line": True}
    with Line(frame({"e": told})) as line, pytest.raises(StudentException) as caught:
        line.request({"o": "get"}, seconds=1)
    assert (len(caught.value.kind), len(caught.value.text), caught.value.cell, caught.value.line) == (100, 500, 3, None)


@given(st.binary(max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_bytes_on_the_line_end_in_anything_but_an_error_of_the_student_s(content: bytes) -> None:
    """With a right header or without one."""
    for attempt in (content, protocol.HEADER.pack(1, min(len(content), 40), max(0, len(content) - 40)) + content):
        with Line(attempt) as line:
            try:
                line.request({"o": "get"}, seconds=1)
            except (WorkerError, AttributeError):
                pass


@given(st.fixed_dictionaries({}, optional={"v": STRUCTURES, "x": STRUCTURES, "m": STRUCTURES, "e": STRUCTURES}))
@HOSTILE
def test_no_answer_ends_in_anything_but_plain_values_handles_or_an_error_of_the_student_s(answer: dict[str, Any]) -> None:
    """What a test function can ever get is of types that are the grader's own."""
    try:
        value = namespace(answer).ask("get", n="weight")
    except (WorkerError, AttributeError):
        return
    known = (type(None), bool, int, float, str, bytes, list, tuple, dict, torch.Tensor, torch.nn.Parameter, Handle)
    assert all(type(part) in known for part in parts(value))


CHANGES = st.lists(st.tuples(st.just(1) | NOISE, TENSORS | STRUCTURES) | STRUCTURES, max_size=3)


@given(CHANGES)
@HOSTILE
def test_no_change_that_is_claimed_reaches_anything_but_the_tensors_that_were_sent(changes: Any) -> None:
    """A claim about something else, of another dtype, or of no known form is a ProtocolError."""
    mine, bystander = torch.zeros(2), torch.zeros(2)
    try:
        namespace({"v": None, "m": changes}).ask("call", a=[mine])
    except ProtocolError:
        pass
    assert mine.dtype == torch.float32 and bystander.sum() == 0


def test_a_changed_tensor_may_change_its_shape_but_not_its_dtype() -> None:
    """`x.unsqueeze_(0)` is noticed; a float that came back as an integer is none of ours."""
    change = protocol.pack_tensor(torch.zeros(1, 4), protocol.Payload())
    mine = torch.ones(4)
    space = namespace({"m": [[1, change]]})
    space.ask("call", a=[mine])
    assert mine.shape == (4,) and space.left(mine).shape == (1, 4)
    with pytest.raises(ProtocolError):
        namespace({"m": [[1, change | {"d": "int32"}]]}).ask("call", a=[mine])


@pytest.mark.parametrize("changes", [1, [1], [[1, 2]], [[2, {"k": "T"}]]])
def test_an_answer_that_cannot_be_used_ends_that_process(changes: Any) -> None:
    """Not only a malformed frame: whatever is a ProtocolError, in the value, the changes or the error that is told."""
    tensor = {"k": "T", "d": "float32", "s": [99], "o": 0}
    for answer in ({"v": {"k": "R", "i": 1}}, {"v": {"k": "R", "n": "Layer"}}, {"m": changes}, {"e": 1}, {"v": tensor}):
        with Line(frame(answer)) as line:
            with pytest.raises(ProtocolError):
                Namespace(line, seconds=1).ask("get", n="weight")
            assert not line.alive and ENDED == ["killed"]
    with Line(frame({"v": 7})) as line:
        with pytest.raises(ProtocolError):
            Namespace(line, seconds=1).lookup(("weight",))
        assert not line.alive and ENDED == ["killed"]


@pytest.mark.parametrize(
    ("operation", "value"),
    [(len, -1), (len, 1 << 63), (len, (1 << 64) - 1), (len, True), (dir, [1, "a"]), (dir, ["a", {"k": "R", "i": 1, "n": "str"}])],
)
def test_an_answer_that_python_would_stumble_over_is_a_protocol_error(operation: Any, value: Any) -> None:
    """Else the ValueError of `len()` or the TypeError of `dir()` would pass for a mistake of the grader's."""
    with Line(frame({"v": value})) as line:
        with pytest.raises(ProtocolError):
            operation(Handle(Namespace(line, seconds=1), 1, "Layer", False))
        assert not line.alive and ENDED == ["killed"]


@pytest.mark.parametrize("operation", [len, bool, iter, repr, dir, lambda handle: 1 in handle])
@pytest.mark.parametrize("value", ["1", 1.5, None, 3, True, [1], {"k": "t", "v": []}])
def test_python_s_own_questions_get_answers_of_their_own_types(operation: Any, value: Any) -> None:
    """An answer of another type is a ProtocolError, as far as Python does not refuse it by itself."""
    handle = Handle(namespace({"v": value}), 1, "Layer", False)
    try:
        operation(handle)
    except (ProtocolError, TypeError):
        pass


ENDS = STRUCTURES | st.fixed_dictionaries(
    {"k": st.just("d"), "v": st.lists(st.tuples(st.sampled_from(["status", "error", "seconds"]), NOISE | STRUCTURES), max_size=3)}
)


@given(ENDS)
@HOSTILE
def test_no_claim_about_a_cell_s_end_is_more_than_a_cell_that_died(value: Any) -> None:
    """Status and text are of known form, and the seconds are measured here: NaN could not even be written down."""
    session = SimpleNamespace(output=SimpleNamespace(take=lambda: ""))
    ended = Worker(session, Canned({"v": value})).run_cell(1, "", seconds=1)  # type: ignore[arg-type]
    assert ended.status in {"ok", "raised", "timeout", "syntax", "died"} and 0 <= ended.seconds < 5
    assert (ended.error is None) == (ended.status == "ok") and type(ended.line) in (int, type(None))


def test_a_cell_may_end_as_honest_workers_say() -> None:
    """The known form is accepted."""
    error = {"k": "d", "v": [["kind", "ValueError"], ["text", "no"], ["cell", 1], ["line", 3]]}
    value = {"k": "d", "v": [["status", "raised"], ["error", error], ["seconds", float("nan")]]}
    session = SimpleNamespace(output=SimpleNamespace(take=lambda: "said"))
    ended = Worker(session, Canned({"v": value})).run_cell(1, "", seconds=1)  # type: ignore[arg-type]
    assert (ended.status, ended.error, ended.line, ended.output) == ("raised", "ValueError: no", 3, "said")
    assert 0 <= ended.seconds < 5


@pytest.mark.parametrize("pid", ["7", None, True, 0, 1, -1, 1 << 31, 7.0, [7]])
def test_a_checkpoint_without_a_process_id_is_none(pid: Any) -> None:
    """What will be killed one day must be a number that could be a process, and no special one."""
    worker = Worker(SimpleNamespace(_connect=lambda line, pid: line), Canned({"v": pid}))  # type: ignore[arg-type]
    with pytest.raises(ProtocolError):
        worker.fork()
    assert not worker.alive


def test_output_that_never_stops_does_not_hold_the_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is filled as fast as it is read is left after a while; what is kept stays within its limit."""
    reading, writing = os.pipe()
    output = Output(reading, limit=100)
    reads = iter(range(100_000))
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", lambda descriptor, size: b"x" * size if next(reads) >= 0 else b"")
        output.drain()
    assert next(reads) < 1000 and output.take() == "x" * 100
    os.close(reading)
    os.close(writing)
