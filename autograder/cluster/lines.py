"""Frames on the line between a cluster's worker and the grader beside it: values in, bytes with their length in front out."""

from __future__ import annotations

import socket
from typing import TypeVar

import msgspec

_LENGTH = 8
_Value = TypeVar("_Value")


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The first words to a grader: what the sandbox needs, and nothing that workers may not inherit.

    Attributes:
        config: bytes of the configuration.
        data: the files of MNIST, if they are not to be those of the package.
        submissions: about how many there will be.
        idle: seconds without work after which to end.
    """

    config: bytes
    lanes: int
    submissions: int
    unconfined: bool
    idle: float
    data: dict[str, bytes] | None = None


class Manifest(msgspec.Struct, frozen=True):
    """The tests, once the sandbox is open."""

    content: bytes


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The grader's answer to either.

    Attributes:
        failed: why it cannot grade; empty if it can.
        key: what identifies tests, configuration and versions, once it has them.
    """

    failed: str = ""
    key: str = ""


class Request(msgspec.Struct, frozen=True):
    """A submission to be graded."""

    number: int
    parcel: bytes
    seed: int


class Answer(msgspec.Struct, frozen=True):
    """Its result, as JSON."""

    number: int
    result: bytes


def send(line: socket.socket, value: object) -> None:
    """Send a value. Raises OSError if nobody is there."""
    body = msgspec.msgpack.encode(value)
    line.sendall(len(body).to_bytes(_LENGTH, "little"))
    line.sendall(body)


def receive(line: socket.socket, type_: type[_Value]) -> _Value | None:
    """The next value, or None if the other side has hung up. Raises OSError if the line's time is over."""
    head = _exactly(line, _LENGTH)
    body = _exactly(line, int.from_bytes(head, "little")) if head is not None else None
    return msgspec.msgpack.decode(body, type=type_) if body is not None else None


def _exactly(line: socket.socket, size: int) -> bytes | None:
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size:
        try:
            got = line.recv_into(view[at:])
        except ConnectionError:
            return None
        if not got:
            return None
        at += got
    return bytes(content)
