"""Forges what a hostile process may send: frames that almost follow the protocol, from any source of choices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from autograder.sandbox import protocol

_Item = TypeVar("_Item")
_encode = msgspec.msgpack.encode


class Choices(Protocol):
    """Where a forger's decisions come from: hypothesis, or the bytes of a coverage-guided fuzzer."""

    def number(self, low: int, high: int) -> int:
        """An integer, both ends included."""

    def content(self, size: int) -> bytes:
        """At most so many bytes."""


class Rolled:
    """Choices of a seeded generator."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return self._random.randint(low, high)

    def content(self, size: int) -> bytes:
        """At most so many bytes."""
        return self._random.randbytes(self._random.randint(0, size))


def header(small: int, wide: int, count: int) -> bytes:
    """Of a msgpack array or map: `small` is its short form's first byte, `wide` that of its form with 32 bits."""
    return bytes([small | count]) if 0 <= count < 16 else bytes([wide]) + (count & 0xFFFFFFFF).to_bytes(4, "big")


@dataclass(frozen=True)
class Frame:
    """A frame as it goes out.

    Attributes:
        honest: the header says what is there.
        claimed: lengths of message and payload in the header, if others than what is there.
    """

    sequence: int
    body: bytes
    payload: bytes
    honest: bool = True
    claimed: tuple[int, int] | None = None

    def __bytes__(self) -> bytes:
        size, payload_size = self.claimed or (len(self.body), len(self.payload))
        return protocol.HEADER.pack(self.sequence & 0xFFFFFFFF, size, payload_size) + self.body + self.payload


class Forger:
    """Writes msgpack that almost follows the protocol, so that it gets further than noise does.

    Attributes:
        payload: the tensor bytes that go with what was written so far.
    """

    NAMES = (
        "k", "v", "b", "d", "s", "o", "r", "p", "g", "i", "n", "c", "kind", "text", "cell", "line", "attribute", "place",
        "again", "z", "",
    )  # fmt: skip
    TEXTS = ("t", "d", "T", "A", "R", "S", "b", "float32", "bool", "bfloat16", "ok", "raised", "timeout", "Layer", "", "é" * 300)
    NUMBERS = (0, 1, 2, -1, 4, 16, 64, 1 << 24, 1 << 32, 1 << 40, (1 << 40) + 1, (1 << 63) - 1, -(1 << 63), (1 << 64) - 1)
    ODDITIES = (b"\xc1", b"\xd4\x05x", b"\xd6\xff\0\0\0\1", b"\xd7\xff" + b"\xff" * 8, b"\xdb\xff\xff\xff\xffa")
    FLOATS = (0.0, -0.0, 1.0, 4.0, float("nan"), float("inf"), -float("inf"), 1e308)

    def __init__(self, choices: Choices):
        self._choices = choices
        self.payload = bytearray()
        self._tensors: list[bytes] = []
        self._left = 60  # values, so that every frame comes to an end

    def _pick(self, items: Sequence[_Item]) -> _Item:
        return items[self._choices.number(0, len(items) - 1)]

    def _rarely(self) -> bool:
        return self._choices.number(0, 39) == 39

    def _array(self, items: Sequence[bytes]) -> bytes:
        count = len(items) if not self._rarely() else self._pick((len(items) + 1, len(items) - 1, 0xFFFFFFFF, 1 << 20))
        return header(0x90, 0xDD, count) + b"".join(items)

    def _map(self, items: Sequence[tuple[bytes, bytes]]) -> bytes:
        if items and self._rarely():  # the same key twice, or one that is no text
            items = [*items, (items[0][0] if self._rarely() else self.noise(), self.noise())]
        count = len(items) if not self._rarely() else self._pick((len(items) + 1, len(items) - 1, 0xFFFFFFFF, 1 << 20))
        return header(0x80, 0xDF, count) + b"".join(key + value for key, value in items)

    def _record(self, **fields: bytes) -> bytes:
        if self._rarely():
            del fields[self._pick(tuple(fields))]
        return self._map([(_encode(name), value) for name, value in fields.items()])

    def noise(self) -> bytes:
        """A scalar, or what is not even msgpack of ours."""
        kind = self._choices.number(0, 6) if not self._rarely() else self._choices.number(6, 9)
        if kind == 0:
            return b"\xc0"
        if kind == 1:
            return _encode(self._choices.number(0, 1) == 1)
        if kind == 2:
            return _encode(self._pick(self.NUMBERS))
        if kind == 3:
            return _encode(self._choices.number(-300, 70_000))
        if kind == 4:
            return _encode(self._pick(self.FLOATS))
        if kind == 5:
            return _encode(self._choices.content(6).decode("latin-1"))
        if kind == 6:
            return _encode(self._pick(self.TEXTS))
        if kind == 7:
            return _encode(self._choices.content(6))
        if kind == 8:
            return self._pick(self.ODDITIES)
        return b"\xa2" + self._choices.content(2)  # perhaps cut short, perhaps no UTF-8

    def value(self, depth: int = 0) -> bytes:
        """Anything, of a form that is known or nearly so."""
        self._left -= 1
        kind = self._choices.number(0, 16) if self._left > 0 and depth < 40 else 0
        if kind <= 3:
            return self.noise()
        if kind <= 5:
            return self._array(self._some(depth))
        if kind == 6:
            return self._record(k=_encode("t"), v=self._array(self._some(depth)))
        if kind == 7:
            pairs = [self._array(self._pair(depth)) for _ in range(self._choices.number(0, 4))]
            return self._record(k=_encode("d"), v=self._array(pairs))
        if kind <= 11:
            return self.tensor()
        if kind == 12:
            number, name = _encode(self._pick(self.NUMBERS)), _encode(self._pick(self.TEXTS))
            return self._record(k=_encode("R"), i=number, n=name, c=self.noise())
        if kind == 13:
            return self._record(k=_encode("b"), b=_encode(self._choices.content(8)))
        if kind == 14:
            return self._nest(self.value(depth + 1))
        if kind == 15:
            return self._record(k=_encode("S"), i=self.noise(), n=self.noise(), v=self.value(depth + 1))
        names = [self._pick(self.NAMES) for _ in range(self._choices.number(0, 5))]
        return self._map([(_encode(name), self.value(depth + 1)) for name in names])

    def _some(self, depth: int) -> list[bytes]:
        return [self.value(depth + 1) for _ in range(self._choices.number(0, 4))]

    def _pair(self, depth: int) -> list[bytes]:
        pair = [self.noise() if self._choices.number(0, 7) < 7 else self.value(depth + 1), self.value(depth + 1)]
        return pair if not self._rarely() else self._pick((pair[:1], [*pair, *pair]))

    def _nest(self, inner: bytes) -> bytes:
        """Around the bound of depth, in lists, tuples, dicts or by turns."""
        around = (
            lambda value: b"\x91" + value,
            lambda value: b"\x82\xa1k\xa1t\xa1v\x91" + value,
            lambda value: b"\x82\xa1k\xa1d\xa1v\x91\x92\x01" + value,
        )
        same, levels = self._choices.number(0, 3), self._choices.number(1, 70)
        for _ in range(levels):
            inner = (around[same] if same < 3 else self._pick(around))(inner)
        return inner

    def tensor(self, depth: int = 0) -> bytes:
        """The map of a tensor whose bytes are in the payload; now and then some of it is a lie, or it is one from before."""
        if self._tensors and self._choices.number(0, 7) == 7:
            return self._pick(self._tensors)
        name = self._pick(tuple(protocol.DTYPES))
        shape = [self._pick((1, 0, 2, 2, 3, 3, 4)) for _ in range(self._choices.number(0, 3))]
        size = protocol.SIZES[name]
        for extent in shape:
            size *= extent
        fields = {
            "k": _encode("T"),
            "d": _encode(name),
            "s": header(0x90, 0xDD, len(shape)) + b"".join(map(_encode, shape)),
            "o": _encode(len(self.payload)),
            "r": _encode(self._choices.number(0, 1) == 1),
            "p": _encode(self._choices.number(0, 1) == 1),
            "g": b"\xc0",
            "i": _encode(self._choices.number(0, 3)),
        }
        self.payload += self._choices.content(size).ljust(size, b"\x01")
        if depth < 3 and self._choices.number(0, 3) == 3:
            fields["g"] = self.tensor(depth + 1)
        while self._choices.number(0, 3) == 3:
            field = self._pick(tuple(fields))
            kind = self._choices.number(0, 4)
            if kind == 0:
                fields[field] = self.noise()
            elif kind == 1:
                fields[field] = self._array([_encode(self._pick(self.NUMBERS)) for _ in range(self._choices.number(0, 18))])
            elif kind == 2:
                extents = [self._pick((0, 1, 4, 1 << 20, 1 << 39, 1 << 40)) for _ in range(self._choices.number(0, 5))]
                fields["s"] = self._array([_encode(extent) if not self._rarely() else self.noise() for extent in extents])
            elif kind == 3:
                fields["o"] = _encode(self._choices.number(-2, len(self.payload) + 2))
            elif len(fields) > 1:
                del fields[field]
        self._tensors.append(self._map([(_encode(key), value) for key, value in fields.items()]))
        return self._tensors[-1]

    def changes(self) -> bytes:
        """What became of the test's tensors, nearly."""
        claims = [
            self._array([_encode(self._choices.number(0, 3)), self.tensor() if not self._rarely() else self.value()])
            for _ in range(self._choices.number(0, 3))
        ]
        return self._array(claims) if not self._rarely() else self.value()

    def error(self) -> bytes:
        """An exception as it is told, nearly."""
        return self._record(
            kind=_encode(self._pick(("timeout", "ValueError", "K" * 300))) if not self._rarely() else self.noise(),
            text=_encode(self._pick(self.TEXTS)) if not self._rarely() else self.noise(),
            cell=self.noise(),
            line=self.noise(),
            attribute=self.noise(),
            place=self._pick((b"\xc0", self._array([_encode(1), _encode("Linear.forward")]), self.noise())),
            again=self._pick((b"\xc0", _encode("Linear.forward"), self.noise())),
        )

    def cell(self) -> bytes:
        """The end of a cell, nearly."""
        status = _encode(self._pick(("ok", "raised", "timeout", "syntax", "other")))
        details = self._pick((b"\xc0", b"\x80", self.noise()))
        if self._choices.number(0, 1):
            names = ("kind", "text", "line", "place", "again")
            said = [(_encode(name), self._pick((_encode("text"), self.noise()))) for name in names]
            pairs = [self._array(pair) for pair in said]
            details = self._record(k=_encode("d"), v=self._array(pairs))
        pairs = [self._array([_encode("status"), status]), self._array([_encode("error"), details])]
        return self._record(k=_encode("d"), v=self._array(pairs))

    def message(self) -> bytes:
        """A whole answer."""
        fields: dict[str, bytes] = {"v": self.cell() if self._choices.number(0, 5) == 5 else self.value()}
        wanted = self._choices.number(0, 15)
        if wanted & 1:
            fields["m"] = self.changes()
        if wanted & 2:
            fields["x"] = self._array([self.noise() for _ in range(self._choices.number(0, 3))])
        if self._rarely():
            fields["l"] = self.error() if not self._rarely() else self.value()
        if wanted & 12 == 12:
            fields["e"] = self.error() if not self._rarely() else self.value()
        return self._record(**fields)

    def frame(self, sequence: int) -> Frame:
        """A whole answer in its frame, whose header is a lie now and then."""
        body = self.message()
        if self._rarely():
            body = body[: self._choices.number(0, len(body))] + self._choices.content(4)
        payload = bytes(self.payload)
        self.payload.clear()
        self._tensors.clear()
        if not self._rarely():
            return Frame(sequence, body, payload)
        lies = (0, 1, len(body) - 1, len(body) + 1, protocol.MAX_MESSAGE, protocol.MAX_MESSAGE + 1, (1 << 32) - 1)
        claimed = max(0, self._pick((len(body), *lies))), max(0, self._pick((len(payload), *lies, (1 << 64) - 1)))
        if self._rarely():
            sequence += self._pick((-1, 1, 1 << 31))
        return Frame(sequence, body, payload, honest=False, claimed=claimed)
