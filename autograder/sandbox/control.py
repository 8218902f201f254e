"""Small messages between the trusted processes: msgpack maps with descriptors, one per packet."""

from __future__ import annotations

import socket
from typing import Any

import msgspec

from autograder.errors import SandboxError

MAX_PACKET = 1 << 16


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a line that keeps packets apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(line: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one message, with descriptors if any."""
    socket.send_fds(line, [msgspec.msgpack.encode(message)], descriptors or [])


def receive(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors; None when the other side has hung up."""
    data, descriptors, _, _ = socket.recv_fds(line, MAX_PACKET, 8)
    if not data:
        return None
    return msgspec.msgpack.decode(data), list(descriptors)


def ask(line: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
    """Send a message and wait for its answer. Raises SandboxError if the other side is gone or says that it failed."""
    try:
        send(line, message, descriptors)
        answer = receive(line)
    except OSError as error:
        raise SandboxError(f"a helper process of the grader is gone: {error}") from None
    if answer is None:
        raise SandboxError("a helper process of the grader is gone")
    if "error" in answer[0]:
        raise SandboxError(answer[0]["error"])
    return answer[0]
