"""Turns values into frames and back: what may cross between grader and student's process, and how large it may be.

A frame is a 16-byte header (sequence number u32, length of the message u32, length of the payload u64; little endian),
a msgpack message, and the payload: the bytes of all tensors in the message, one after the other. Scalars, strings and
lists are msgpack's own; everything else is a map with a one-letter kind under "k":

    b  bytes        b: the bytes
    t  tuple        v: items
    d  dict         v: list of [key, value]
    T  tensor       d: dtype name, s: shape, o: offset in the payload, r: requires_grad, p: is a Parameter,
                    g: its .grad or None, i: the sender's number for it (0: none); without d: a tensor sent before
    A  array        d, s, o as of a tensor; see `arrays`
    R  reference    i: number, n: name of its type, c: whether it can be called
    S  source       i: number of student-side code, n: its name, v: its text (sent once)

Never pickle. Whatever does not follow this is a `ProtocolError`. What one frame can take of the receiver's memory and time
is bounded by its own size: no byte of the payload becomes part of two tensors, and nothing is ever a key of a dict that the
sender could make collide with thousands of others.
"""

from __future__ import annotations

import itertools
import math
import socket
import struct
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

import msgspec
import torch

from autograder.errors import ProtocolError

HEADER = struct.Struct("<IIQ")
MAX_MESSAGE = 1 << 20
MAX_PAYLOAD = 32 << 20
MAX_DEPTH = 24
MAX_DIMENSIONS = 16
MAX_EXTENT = 1 << 40
"""Of a tensor's shape, zeros left out: strides of an empty tensor must not overflow either."""

MAX_ROWS_OF_NOTHING = 1 << 16
"""Of a tensor without elements: how many parts it may have that are empty. A test that goes through them makes each of them."""

DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64",
        "complex128",
    )
}  # fmt: skip
NAMES: dict[torch.dtype, str] = {dtype: name for name, dtype in DTYPES.items()}
SIZES: dict[str, int] = {name: torch.empty(0, dtype=dtype).element_size() for name, dtype in DTYPES.items()}

MAX_EQUAL_HASHES = 256
"""Among the keys of one dict. Tuples can be made to have equal hashes, and to enter n such keys takes time as n squared."""


class _Map(TypedDict, total=False):
    """Every map but the message itself. Other keys are passed over unread, so none but strings are ever hashed by msgspec."""

    k: str
    v: _Value
    b: bytes
    d: str
    s: list[int]
    o: int
    r: bool
    p: bool
    g: _Map | None
    i: int
    n: str
    c: bool
    kind: _Value  # from here on: of an error, see `Connection.raise_student`
    text: _Value
    cell: _Value
    line: _Value
    attribute: _Value
    place: _Value
    again: _Value


if TYPE_CHECKING:
    _Value = Any
else:
    _Value = None | bool | int | float | str | _Map
    for _ in range(MAX_DEPTH + 2):  # lists of lists to one level more than `unpack` will accept below a map
        _Value = None | bool | int | float | str | _Map | list[_Value]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, _Value]).decode
_INT_RANGE = range(-(1 << 63), 1 << 63)


class Payload:
    """The tensor bytes of one outgoing frame.

    Attributes:
        copying: whether bytes are copied as they are added, since their memory may be written to before the frame goes out.
    """

    def __init__(self) -> None:
        self.chunks: list[memoryview] = []
        self.size = 0
        self.copying = False

    def add(self, tensor: torch.Tensor) -> int:
        """Append a tensor's elements in row-major order; returns their offset. Raises ProtocolError past the bound."""
        offset = self.size
        if tensor.numel():
            flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
            if self.size + flat.numel() > MAX_PAYLOAD:  # before it counts: the frame may still go out without this tensor
                raise ProtocolError(f"more than {MAX_PAYLOAD >> 20} MiB of tensors in one message")
            self.size += flat.numel()
            data = flat.numpy().data
            self.chunks.append(memoryview(bytes(data)) if self.copying else data)
        return offset


class Received:
    """The tensor bytes of one incoming frame; each is handed out once at most.

    A short message could else ask for the same bytes again and again, and a small frame fill the receiver's memory.
    """

    def __init__(self, content: bytes | bytearray | memoryview):
        self._content = memoryview(content)
        self._left = len(content)

    def take(self, offset: int, size: int) -> bytearray:
        """A copy of some of the bytes. Raises ProtocolError past the end, and past what is left to take."""
        if not 0 <= offset <= len(self._content) or size > len(self._content) - offset:
            raise ProtocolError("a tensor whose shape promises more than was sent")
        if size > self._left:
            raise ProtocolError("more tensors than were sent")
        self._left -= size
        return bytearray(self._content[offset : offset + size])


def can_cross(tensor: torch.Tensor) -> bool:
    """Whether a tensor can be sent by value: dense, of a known dtype, with storage."""
    return (
        tensor.layout is torch.strided
        and tensor.dtype in NAMES
        and not tensor.is_meta
        and not tensor.is_quantized
        and tensor.dim() <= MAX_DIMENSIONS
    )


def pack_tensor(tensor: torch.Tensor, payload: Payload, number: int = 0) -> dict[str, Any]:
    """The map of a tensor, its bytes added to `payload`; `.grad` of a leaf goes along."""
    plain = tensor.resolve_conj().resolve_neg() if tensor.is_complex() else tensor
    grad = tensor.grad if tensor.is_leaf else None
    return {
        "k": "T",
        "d": NAMES[tensor.dtype],
        "s": list(tensor.shape),
        "o": payload.add(plain),
        "r": tensor.requires_grad,
        "p": type(tensor) is torch.nn.Parameter,
        "g": pack_tensor(grad, payload) if grad is not None and can_cross(grad) else None,
        "i": number,
    }


def unpack_tensor(message: dict[str, Any], payload: Received, depth: int = 0) -> torch.Tensor:
    """A tensor of our own from its map; nothing is allocated before dtype, shape and length were found to agree."""
    dtype_name, shape, offset = message.get("d"), message.get("s"), message.get("o")
    if type(dtype_name) is not str or dtype_name not in DTYPES or type(shape) is not list or type(offset) is not int:
        raise ProtocolError("a tensor without dtype, shape or offset")
    if len(shape) > MAX_DIMENSIONS or any(type(n) is not int or not 0 <= n <= MAX_EXTENT for n in shape):
        raise ProtocolError("a tensor with an impossible shape")
    if math.prod(n or 1 for n in shape) > MAX_EXTENT:
        raise ProtocolError("a tensor with an impossible shape")
    count = math.prod(shape)
    if not count and math.prod(itertools.takewhile(bool, shape)) > MAX_ROWS_OF_NOTHING:
        raise ProtocolError("a tensor of too many empty parts")
    content = payload.take(offset, count * SIZES[dtype_name])
    dtype = DTYPES[dtype_name]
    if dtype is torch.bool and content.translate(None, b"\x00\x01"):
        raise ProtocolError("a truth value other than 0 and 1")  # such an element compares as neither
    tensor = torch.frombuffer(content, dtype=dtype).reshape(shape) if count else torch.empty(shape, dtype=dtype)
    grad = message.get("g")
    if message.get("r") is True and (dtype.is_floating_point or dtype.is_complex):
        tensor = torch.nn.Parameter(tensor) if message.get("p") is True else tensor.requires_grad_()
    if grad is not None:
        if depth or type(grad) is not dict or grad.get("k") != "T":
            raise ProtocolError("a gradient that is no tensor")
        value = unpack_tensor(grad, payload, depth + 1)
        if value.shape == tensor.shape and value.dtype == tensor.dtype and tensor.requires_grad:
            tensor.grad = value
    return tensor


Special = Callable[[Any], Any]


def pack(value: Any, special: Special, depth: int = 0) -> Any:
    """The msgpack form of a value. `special(value)` gives the map of what is not plain data (tensors, references)."""
    kind = type(value)
    if value is None or kind is bool or kind is float or kind is str:
        return value
    if kind is int:
        return value if value in _INT_RANGE else special(value)
    if kind is bytes:
        return {"k": "b", "b": value}
    if depth >= MAX_DEPTH:
        raise ProtocolError(f"a value nested deeper than {MAX_DEPTH} levels")
    if kind is list:
        return [pack(item, special, depth + 1) for item in value]
    if kind is tuple:
        return {"k": "t", "v": [pack(item, special, depth + 1) for item in value]}
    if kind is dict:
        return {"k": "d", "v": [[pack(k, special, depth + 1), pack(v, special, depth + 1)] for k, v in value.items()]}
    return special(value)


def unpack(value: Any, special: Callable[[dict[str, Any]], Any], depth: int = 0) -> Any:
    """The reverse of `pack`; `special(map)` makes tensors and references. Raises ProtocolError on anything else."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is dict and value.get("k") == "b" and type(value.get("b")) is bytes:
        return value["b"]
    if depth >= MAX_DEPTH:
        raise ProtocolError(f"a value nested deeper than {MAX_DEPTH} levels")
    if type(value) is list:
        return [unpack(item, special, depth + 1) for item in value]
    if type(value) is dict:
        kind, items = value.get("k"), value.get("v")
        if kind == "t" and type(items) is list:
            return tuple(unpack(item, special, depth + 1) for item in items)
        if kind == "d" and type(items) is list:
            return _unpack_dict(items, special, depth + 1)
        if type(kind) is str:
            return special(value)
    raise ProtocolError("a value of no known kind")


def _unpack_dict(items: list[Any], special: Callable[[dict[str, Any]], Any], depth: int) -> dict[Any, Any]:
    pairs = []
    for item in items:
        if type(item) is not list or len(item) != 2:
            raise ProtocolError("a dict entry that is no pair")
        pairs.append((unpack(item[0], special, depth), unpack(item[1], special, depth)))
    try:
        if len(pairs) > MAX_EQUAL_HASHES and max(Counter(hash(key) for key, _ in pairs).values()) > MAX_EQUAL_HASHES:
            raise ProtocolError(f"a dict with more than {MAX_EQUAL_HASHES} keys of the same hash")
        result = dict(pairs)
    except (TypeError, RuntimeError):  # RuntimeError: a tensor was compared with a number that equals its hash
        raise ProtocolError("a dict key that cannot be one") from None
    if len(result) != len(items):
        raise ProtocolError("a dict with the same key twice")
    return result


def encode_frame(sequence: int, message: Any, payload: Payload) -> list[bytes | memoryview]:
    """The buffers of one frame, ready for `socket.sendmsg`. Raises ProtocolError past a bound."""
    try:
        body = _encode(message)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
        raise ProtocolError(f"a value that cannot be sent: {error}") from None
    if len(body) > MAX_MESSAGE:
        raise ProtocolError(f"a message larger than {MAX_MESSAGE >> 20} MiB")
    return [HEADER.pack(sequence & 0xFFFFFFFF, len(body), payload.size) + body, *payload.chunks]


def decode_header(header: bytes) -> tuple[int, int, int]:
    """Sequence number, message length, payload length. Raises ProtocolError past a bound."""
    sequence, message, payload = HEADER.unpack(header)
    if message > MAX_MESSAGE or payload > MAX_PAYLOAD:
        raise ProtocolError(f"a frame of {message + payload} bytes, more than is allowed")
    return sequence, message, payload


def decode_message(body: bytes | bytearray | memoryview) -> dict[str, Any]:
    """The message of a frame. Raises ProtocolError unless it is a map with string keys."""
    try:
        message = _decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, TypeError, OverflowError) as error:
        raise ProtocolError(f"a message that is not msgpack: {type(error).__name__}") from None
    if type(message) is not dict or not all(type(key) is str for key in message):
        raise ProtocolError("a message that is no map")
    return message


def rights(descriptor: int | None) -> list[tuple[int, int, bytes]]:
    """The ancillary data that passes a descriptor along with a frame's first byte."""
    return [] if descriptor is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", descriptor))]


def unsent(views: list[memoryview], sent: int) -> list[memoryview]:
    """What is left of a frame's buffers after `sent` bytes of them went out."""
    for index, view in enumerate(views):
        if sent < len(view):
            return [view[sent:], *views[index + 1 :]]
        sent -= len(view)
    return []


def send_all(channel: socket.socket, buffers: list[bytes | memoryview]) -> None:
    """Send a frame from a blocking socket."""
    views = [memoryview(buffer).cast("B") for buffer in buffers if len(buffer)]
    while views:
        views = unsent(views, channel.sendmsg(views[:64]))
