"""What crosses between grader and student's process arrives as it was sent, within bounds; all else is a ProtocolError."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import ProtocolError
from autograder.sandbox import protocol
from autograder.sandbox.protocol import Payload, Received, pack, pack_tensor, unpack, unpack_tensor

SCALARS = (
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")) | st.binary()
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(SCALARS | st.tuples(SCALARS, SCALARS), inner),
    max_leaves=30,
)
SHAPES = st.lists(st.integers(0, 4), max_size=5)
BYTES = bytes(range(64))


def refuse(value: Any) -> Any:
    """Meets what is neither plain data nor expected."""
    raise ProtocolError("not plain data")


def through(value: Any, payload: Payload | None = None) -> Any:
    """The value after it has been packed, encoded, decoded and unpacked."""
    payload = payload or Payload()
    buffers = protocol.encode_frame(7, {"v": pack(value, lambda tensor: pack_tensor(tensor, payload))}, payload)
    content = b"".join(bytes(buffer) for buffer in buffers)
    sequence, size, payload_size = protocol.decode_header(content[: protocol.HEADER.size])
    body = content[protocol.HEADER.size :]
    assert (sequence, size + payload_size) == (7, len(body))
    message = protocol.decode_message(body[:size])
    received = Received(body[size:])
    return unpack(message["v"], lambda special: unpack_tensor(special, received))


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same types all the way down: 1, 1.0 and True are three values."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    return bool(left == right)


def lie(**fields: Any) -> dict[str, Any]:
    """The map of a tensor of 4 float32, with some fields told otherwise."""
    return {"k": "T", "d": "float32", "s": [4], "o": 0} | fields


@given(VALUES)
@settings(max_examples=400, deadline=None)
def test_plain_data_arrives_as_it_was_sent(value: Any) -> None:
    """Types included, at any nesting within the bound."""
    assert same(through(value), value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0])
def test_odd_floats_arrive(value: float) -> None:
    """NaN, infinities and the sign of zero are not lost."""
    arrived = through(value)
    assert math.copysign(1, arrived) == math.copysign(1, value)
    assert arrived == value or (math.isnan(value) and math.isnan(arrived))


@given(st.sampled_from(sorted(protocol.DTYPES)), SHAPES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_tensors_arrive_as_they_were_sent(name: str, shape: list[int], transposed: bool) -> None:
    """Of every dtype that may cross, of any shape, contiguous or not, bit by bit."""
    tensor = (torch.rand(shape) * 3).to(protocol.DTYPES[name])
    tensor = tensor.transpose(0, -1) if transposed and shape else tensor
    arrived = through(tensor)
    assert type(arrived) is torch.Tensor and arrived.dtype == tensor.dtype
    assert torch.equal(arrived, tensor) and arrived.shape == tensor.shape


def test_a_tensor_keeps_what_autograd_knows_of_it() -> None:
    """requires_grad, being a Parameter, and the gradient of a leaf."""
    parameter = torch.nn.Parameter(torch.ones(2, 3))
    parameter.grad = torch.full((2, 3), 5.0)
    arrived, plain, result = through([parameter, torch.ones(1), (parameter * 2).sum()])
    assert type(arrived) is torch.nn.Parameter and arrived.grad is not None
    assert arrived.grad.tolist() == [[5.0] * 3] * 2
    assert not plain.requires_grad and result.requires_grad and result.grad is None and result == 12


def test_a_conjugated_tensor_arrives_with_its_values() -> None:
    """Lazily conjugated or negated elements are what they read as."""
    tensor = torch.tensor([1 + 2j, 3 - 1j])
    assert torch.equal(through(tensor.conj()), torch.tensor([1 - 2j, 3 + 1j]))
    assert torch.equal(through(tensor.conj().imag), torch.tensor([-2.0, 1.0]))


def test_a_tensor_is_a_copy() -> None:
    """Nothing that arrived shares memory with what was sent."""
    body = bytearray(16)
    tensor = unpack_tensor(lie(), Received(body))
    tensor += 1
    assert body == bytes(16)


@pytest.mark.parametrize(
    "fields",
    [
        {"s": [17]}, {"s": [4, 5]}, {"s": [1 << 40]}, {"s": [1 << 39, 1 << 39]}, {"s": [(1 << 64) - 1]},  # more than was sent
        {"s": [0, 1 << 40, 1 << 40]}, {"s": [1 << 40, 1 << 40, 0]}, {"s": [0] + [1 << 40] * 15},  # empty, yet overflowing
        {"s": [1 << 39, 0]}, {"s": [1 << 9, 1 << 9, 0, 3]},  # of parts without end, each of them empty
        {"s": [-1]}, {"s": [-4, -4]}, {"s": [True]}, {"s": [4.0]}, {"s": ["4"]}, {"s": [None]}, {"s": 4}, {"s": None},
        {"s": [1] * 17},
        {"o": -1}, {"o": -64}, {"o": 61}, {"o": 65}, {"o": (1 << 64) - 1}, {"o": 1.0}, {"o": True}, {"o": None}, {"o": "0"},
        {"d": "float128"}, {"d": "object"}, {"d": "quint8"}, {"d": None}, {"d": 3}, {"d": ["float32"]}, {"d": "bool", "o": 1},
        {"g": 1}, {"g": []}, {"g": {}}, {"g": {"k": "R"}}, {"g": lie(s=[99])}, {"g": lie(g=lie())}, {"g": True},
    ],
)  # fmt: skip
def test_a_tensor_that_lies_is_refused_before_memory_is_taken(monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]) -> None:
    """Shape, offset, dtype and gradient are checked against each other and against what was sent."""
    if "g" not in fields:  # there the tensor itself is right
        monkeypatch.setattr(torch, "empty", refused_allocation)
        monkeypatch.setattr(torch, "frombuffer", refused_allocation)
    with pytest.raises(ProtocolError):
        unpack_tensor(lie(**fields), Received(BYTES))


def refused_allocation(*args: Any, **kwargs: Any) -> Any:
    """Stands in for whatever would take memory."""
    raise AssertionError("memory was taken before the tensor was checked")


def test_a_short_message_cannot_take_the_same_bytes_again_and_again() -> None:
    """All tensors of a frame together are as large as its payload: a few hundred bytes could else fill the memory."""
    for claim in ([lie(), lie()], [lie(g=lie())]):
        received = Received(bytes(16))
        with pytest.raises(ProtocolError):
            unpack(claim, partial(unpack_tensor, payload=received))
    received = Received(bytes(16))
    assert unpack_tensor(lie(s=[2]), received).shape == unpack_tensor(lie(s=[2], o=4), received).shape  # what is left
    with pytest.raises(ProtocolError):
        unpack_tensor(lie(s=[1]), received)


def colliding(count: int) -> list[tuple[int, int]]:
    """Pairs of integers with one hash: Python's hash of tuples (xxHash) can be run backwards."""
    mask, first, second, fifth = (1 << 64) - 1, 11400714785074694791, 14029467366897019727, 2870177450012600261
    undo_first, undo_second = pow(first, -1, 1 << 64), pow(second, -1, 1 << 64)
    pairs: list[tuple[int, int]] = []
    left = 0
    while len(pairs) < count:
        left += 1
        state = (fifth + left * second) & mask
        state = (state << 31 | state >> 33) * first & mask
        wanted = 12345 * undo_first & mask
        right = ((wanted >> 31 | wanted << 33) - state) * undo_second & mask
        if right < (1 << 61) - 1:
            pairs.append((left, right))
    return pairs


def test_keys_cannot_be_made_to_collide() -> None:
    """A dict of a megabyte of tuples with equal hashes takes a minute to build; the same number of others takes no time."""
    pairs = colliding(protocol.MAX_EQUAL_HASHES + 1)
    assert len({hash(pair) for pair in pairs}) == 1
    with pytest.raises(ProtocolError):
        unpack(pack(dict.fromkeys(pairs), refuse), refuse)
    assert len(through(dict.fromkeys(pairs[1:]))) == len(pairs) - 1
    assert len(through({(left, 2): None for left in range(9_000)})) == 9_000


@pytest.mark.parametrize("key", [b"\x01", b"\x90", b"\x92\x01\x02", b"\xc0", b"\xc4\x01k", b"\xcb" + bytes(8)])
def test_msgpack_s_own_maps_are_never_built_with_keys_of_the_sender_s_choice(key: bytes) -> None:
    """Below a name that means nothing they are passed over; where one is read, every key must be text."""
    assert protocol.decode_message(b"\x81\xa1v\x81\xa1?\x81" + key + b"\xc0") == {"v": {}}
    for body in (b"\x81\xa1v\x81" + key + b"\xc0", b"\x81\xa1v\x81\xa1v\x81" + key + b"\xc0"):
        with pytest.raises(ProtocolError):
            protocol.decode_message(body)


def test_a_number_that_equals_the_hash_of_a_tensor_is_no_way_to_raise_in_the_grader() -> None:
    """Python compares the two then, which a tensor of several elements answers with a RuntimeError."""
    tensor = torch.ones(2)
    with pytest.raises(ProtocolError):
        unpack({"k": "d", "v": [[{"k": "T"}, 1], [hash(tensor), 2]]}, lambda special: tensor)


@pytest.mark.parametrize(
    ("message", "payload"),
    [(protocol.MAX_MESSAGE + 1, 0), (0, protocol.MAX_PAYLOAD + 1), ((1 << 32) - 1, (1 << 64) - 1)],
)
def test_a_header_past_the_bound_is_refused(message: int, payload: int) -> None:
    """A frame is as large as its header says or not read at all, so the header alone decides."""
    with pytest.raises(ProtocolError):
        protocol.decode_header(protocol.HEADER.pack(1, message, payload))
    assert protocol.decode_header(protocol.HEADER.pack(1, protocol.MAX_MESSAGE, protocol.MAX_PAYLOAD))[0] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xc1", b"\x81", b"\x81\xa1k", b"\x80\x80", b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xffa", b"\x91" * 5000, b"\x81\xa1k" * 5000, b"\xdd\x10\x00\x00\x00" * 1000,
        b"\x81\xa1k\xa1\xff",
        b"\x81\xa1v" + b"\x91" * (protocol.MAX_DEPTH + 3) + b"\x90", b"\x81\xa1v\xc4\x01k", b"\x81\xa1v\xd4\x01\x01",
        b"\x90", b"\x01", b"\xc0", b"\x81\x01\x01", b"\x81\xc4\x01k\x01", b"\x81\xc0\x01", b"\x81\xa1k\xd7\xff" + b"\xff" * 8,
    ],
)  # fmt: skip
def test_a_message_that_is_no_map_is_refused(body: bytes) -> None:
    """Huge counts, endless nesting, bad text, numbers as keys: each ends as a ProtocolError, none takes memory."""
    with pytest.raises(ProtocolError):
        protocol.decode_message(body)


@pytest.mark.parametrize(
    "value",
    [
        {}, {"k": 1}, {"k": None}, {"k": "t"}, {"k": "t", "v": 1}, {"k": "t", "v": "ab"}, {"k": "d", "v": {}}, {"k": "z"},
        {"v": []},
        {"k": "d", "v": [1]}, {"k": "d", "v": [[1]]}, {"k": "d", "v": [[1, 2, 3]]}, {"k": "d", "v": ["ab"]},
        {"k": "d", "v": [[[], 1]]}, {"k": "d", "v": [[{"k": "t", "v": [[]]}, 1]]},
        {"k": "d", "v": [["a", 1], ["a", 2]]}, {"k": "d", "v": [[1, 1], [True, 2]]}, {"k": "d", "v": [[0, 1], [-0.0, 2]]},
    ],
)  # fmt: skip
def test_a_value_of_no_known_form_is_refused(value: Any) -> None:
    """Kinds, pairs and keys are checked; one key given twice is no dict that Python could have had."""
    with pytest.raises(ProtocolError):
        unpack(value, refuse)


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"a": v}], ids=["list", "tuple", "dict"])
def test_depth_is_bounded_both_ways(wrap: Any) -> None:
    """As deep as the bound arrives; one deeper is refused by whoever sends it, and by whoever receives it."""
    deep = 1
    for _ in range(protocol.MAX_DEPTH):
        deep = wrap(deep)
    assert same(through(deep), deep)
    with pytest.raises(ProtocolError):
        pack(wrap(deep), refuse)
    packed = pack(deep, refuse)
    with pytest.raises(ProtocolError):
        unpack([packed], refuse)


def test_size_is_bounded_on_the_way_out() -> None:
    """A sender learns of a value that is too large before a byte of it is on the line."""
    with pytest.raises(ProtocolError):
        protocol.encode_frame(1, {"v": "x" * (protocol.MAX_MESSAGE + 1)}, Payload())
    with pytest.raises(ProtocolError):
        protocol.encode_frame(1, {"v": "\ud800"}, Payload())


def test_a_tensor_that_was_refused_does_not_count() -> None:
    """After one tensor too many, the frame still goes out with those that fit, and its header tells their size."""
    payload = Payload()
    payload.add(torch.ones(3))
    with pytest.raises(ProtocolError):
        payload.add(torch.empty(protocol.MAX_PAYLOAD, dtype=torch.uint8))
    assert payload.size == sum(len(chunk) for chunk in payload.chunks) == 12
    payload.add(torch.empty(protocol.MAX_PAYLOAD - 12, dtype=torch.uint8))


@pytest.mark.filterwarnings("ignore:.*quantize")
def test_what_has_no_plain_bytes_does_not_cross() -> None:
    """Sparse, meta and quantized tensors go as references, like any object."""
    quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)
    for tensor in (torch.eye(2).to_sparse(), torch.empty(2, device="meta"), quantized, torch.ones([1] * 17)):
        assert not protocol.can_cross(tensor)
    assert protocol.can_cross(torch.ones([1] * 16))


def received(body: bytes) -> Any:
    """What a receiver makes of a message and 64 bytes of payload: a value, or ProtocolError."""
    message, payload = protocol.decode_message(body), Received(BYTES)
    return unpack(message.get("v"), lambda special: unpack_tensor(special, payload))


NOISE = (
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.sampled_from([0, 1, 2, 4, 64, 1 << 40, -1])
    | st.floats() | st.sampled_from(["t", "d", "T", "A", "R", "S", "float32", "bool", "bfloat16", "complex128"])
    | st.text(max_size=3) | st.binary(max_size=3)
)  # fmt: skip
FIELDS = st.sampled_from(["k", "v", "d", "s", "o", "r", "p", "g", "i", "n", "c"])
TENSORS = st.fixed_dictionaries(
    {"k": st.just("T"), "d": st.sampled_from(["float32", "bool", "int64", "?"]), "s": st.lists(NOISE, max_size=3), "o": NOISE},
    optional={"r": NOISE, "p": NOISE, "g": NOISE},
)
STRUCTURES = st.recursive(
    NOISE | TENSORS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=5), max_leaves=12
)


@given(STRUCTURES)
@settings(max_examples=2500, deadline=None)
def test_no_structure_ends_in_anything_but_a_value_or_a_protocol_error(structure: Any) -> None:
    """Whatever a hostile process puts into a well-formed message."""
    try:
        received(msgspec.msgpack.encode({"v": structure}))
    except ProtocolError:
        pass


@given(st.binary(max_size=200))
@settings(max_examples=2000, deadline=None)
def test_no_bytes_end_in_anything_but_a_value_or_a_protocol_error(body: bytes) -> None:
    """Whatever a hostile process sends for a message."""
    for attempt in (body, b"\x81\xa1v" + body):
        try:
            received(attempt)
        except ProtocolError:
            pass
