"""The border to a hostile process holds for whatever it may send; `tests.soak.fuzz` asks the same a million times and more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograder.errors import ProtocolError
from autograder.sandbox import protocol
from tests.sandbox import receiving
from tests.sandbox.conversing import Script, converse
from tests.sandbox.forging import Forger, Frame, Rolled
from tests.sandbox.receiving import USERS, Escaped, most_memory, own, receive
from tests.sandbox.test_protocol import VALUES, same
from tests.soak import page

# Without the phase that explains: it traces every line, and what it remembers would be taken for memory of the grader's.
FUZZ = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)


class Drawn:
    """Choices that hypothesis makes, and makes smaller."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]):
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return int(self._draw(st.integers(low, high)))

    def content(self, size: int) -> bytes:
        """At most so many bytes."""
        return bytes(self._draw(st.binary(max_size=size)))


@st.composite
def forged_frames(draw: st.DrawFn) -> bytes:
    """Frames of almost valid messages, for any of the users."""
    choices = Drawn(draw)
    return bytes(Forger(choices).frame(choices.number(0, len(USERS) - 1)))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Conversations."""
    return Script.forged(Drawn(draw))


def framed(body: bytes, payload: bytes = b"", user: int = 0) -> bytes:
    """A frame that says what it holds."""
    return bytes(Frame(user, body, payload))


@given(st.binary(max_size=300), st.binary(max_size=64), st.integers(0, len(USERS) - 1))
@settings(FUZZ, max_examples=1000)
def test_any_bytes_end_in_a_value_of_our_own_or_in_a_protocol_error(content: bytes, payload: bytes, user: int) -> None:
    """As a whole frame, as the message of one, and as the value in one; for each of those who read answers."""
    for frame in (content, framed(content, payload, user), framed(b"\x81\xa1v" + content, payload, user)):
        receive(frame)


@given(forged_frames())
@settings(FUZZ, max_examples=1000)
def test_any_almost_valid_message_ends_in_a_value_of_our_own_or_in_a_protocol_error(frame: bytes) -> None:
    """Wrong types, huge shapes and counts, odd offsets, deep nesting, keys given twice, gradients of gradients, false headers."""
    receive(frame)


def one_special(message: dict[str, Any], payload: protocol.Received) -> Any:
    """A tensor, or None for all that is not one."""
    return protocol.unpack_tensor(message, payload) if message["k"] == "T" else None


def test_forged_messages_come_in_all_kinds() -> None:
    """Else nothing would be tested: of what a plain generator forges, much is accepted, much is refused, and tensors arrive."""
    counts = dict.fromkeys(("value", "tensor", "refused"), 0)
    for seed in range(400):
        forger = Forger(Rolled(seed))
        body = forger.message()
        special = partial(one_special, payload=protocol.Received(forger.payload))
        try:
            value = protocol.unpack(protocol.decode_message(body).get("v"), special)
            counts["tensor" if own(value) else "value"] += 1
        except ProtocolError:
            counts["refused"] += 1
    assert min(counts.values()) > 20, counts


@given(scripts())
@settings(FUZZ, max_examples=800)
def test_any_conversation_ends_the_process_at_its_first_false_word(script: Script) -> None:
    """Early, late, repeated, swapped and cut answers, in any chunks: each question gets its own answer, or the line is closed
    and the process ended, once, and it is not asked again. An honest process that is slow to speak is understood."""
    converse(script)


@pytest.mark.parametrize(
    ("frames", "chunks", "early"),
    [
        ([(1, "a"), (2, "b"), (3, "c")], (), 0),  # both later answers come with the first
        ([(1, "a"), (2, "b"), (3, "c")], (20, 19), 1),
        ([(1, "a"), (1, "b")], (21,), 0),
        ([(2, "b"), (1, "a")], (), 0),
        ([(0, "a")], (0, 0, 1, 1, 0), 0),
        ([], (), 0),
    ],
)
def test_a_line_is_dead_after_an_answer_that_is_not_the_one(
    frames: list[tuple[int, str]], chunks: tuple[int, ...], early: int
) -> None:
    """What is known to be hostile, spelled out."""
    said = tuple(Frame(number, msgspec.msgpack.encode({"v": text}), b"") for number, text in frames)
    converse(Script(said, chunks, early=early, requests=3))


def test_the_conversations_can_tell_a_line_that_is_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above fails if errors leave the line open, if wrong numbers are accepted, or if right ones are refused."""
    wrong = Script((Frame(2, b"\x80", b""),))
    with monkeypatch.context() as patch, pytest.raises(Escaped):
        patch.setattr("autograder.sandbox.connection.Connection.give_up", lambda self: None)
        converse(wrong)
    with monkeypatch.context() as patch, pytest.raises(Escaped):
        honest = protocol.decode_header
        patch.setattr(protocol, "decode_header", lambda header: (1, *honest(header)[1:]))
        converse(wrong)
    with monkeypatch.context() as patch, pytest.raises(Escaped):
        patch.setattr(protocol, "decode_header", lambda header: (9, 0, 0))
        converse(Script((Frame(1, b"\x80", b""),), patient=True))


@given(VALUES)
@settings(FUZZ, max_examples=300)
def test_plain_data_comes_through_frame_and_line_as_it_was_sent(value: Any) -> None:
    """Packed, framed, said in pieces, read, unpacked: types included."""
    body = msgspec.msgpack.encode({"v": protocol.pack(value, refused)})
    frame = framed(body, user=1)
    converse(Script((Frame(1, body, b""),), (7, 0, 11), requests=1, patient=True))
    _, size, _ = protocol.decode_header(frame[: protocol.HEADER.size])
    arrived = protocol.unpack(protocol.decode_message(frame[protocol.HEADER.size :][:size])["v"], refused)
    assert same(arrived, value)


def refused(value: Any) -> Any:
    """Plain data never needs it."""
    raise AssertionError(f"{value!r} is plain data")


def full(item: bytes, size: int = 1 << 17) -> bytes:
    """A large message, of one value again and again."""
    count = (size - 8) // len(item)
    return b"\x81\xa1v\xdd" + count.to_bytes(4, "big") + item * count


def encoded(**fields: Any) -> bytes:
    """A map."""
    return msgspec.msgpack.encode(fields)


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (full(b"\x91" * 22 + b"\x90"), 0),
        (full(b"\x80", protocol.MAX_MESSAGE), 0),
        (full(b"\xa2ab"), 0),
        (full(encoded(k="d", v=[[1, 1]])), 0),
        (full(encoded(k="R", i=1, n="")), 0),
        (full(encoded(k="T", d="uint8", s=[1], o=0, r=True)), protocol.MAX_PAYLOAD),
        (full(encoded(k="T", d="uint8", s=[protocol.MAX_PAYLOAD], o=0)), protocol.MAX_PAYLOAD),
        (encoded(v={"k": "T", "d": "uint8", "s": [protocol.MAX_PAYLOAD], "o": 0}), protocol.MAX_PAYLOAD),
        (b"\x81\xa1v\xdd\xff\xff\xff\xff", 0),
        (b"\x81\xa1v\xdf\xff\xff\xff\xff", 0),
        (b"\x81\xa1v\xdb\xff\xff\xff\xff", 0),
        (b"\xdf\xff\xff\xff\xff", 0),
    ],
    ids=["lists", "maps", "texts", "dicts", "handles", "tensors", "same bytes", "one tensor", "array", "map", "text", "message"],
)
def test_the_largest_frames_stay_within_the_memory_that_is_theirs(body: bytes, payload: int) -> None:
    """What grows most in the hands of the grader; and what only claims to be large takes next to nothing."""
    taken = receive(framed(body, bytes(payload)))
    assert taken < most_memory(len(body), payload)


def test_a_campaign_rewrites_its_own_section_and_nothing_else(tmp_path: Path) -> None:
    """The page begins with its title, and the text of others stays where and as it is."""
    written = tmp_path / "soak.md"
    page.rewrite("one", "first \\1", written)
    page.rewrite("two", "second", written)
    page.rewrite("one", "third", written)
    text = written.read_text()
    assert text.startswith(page.TITLE) and "first" not in text
    assert text.index("third") < text.index("one: end") < text.index("two: begin") < text.index("second")


def test_memory_that_was_taken_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that of tensors: the bound is one that can be passed."""
    frame = framed(encoded(v={"k": "T", "d": "uint8", "s": [1 << 20], "o": 0}), bytes(1 << 20))
    assert receive(frame) > 1 << 20
    monkeypatch.setattr(receiving, "PAYLOAD_FACTOR", 0)
    with pytest.raises(Escaped):
        receive(frame)
    with pytest.raises(Escaped):
        own([torch.zeros(4)[:2]])
    with pytest.raises(Escaped):
        own([torch.eye(2).to_sparse()])
