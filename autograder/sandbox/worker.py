"""Serves the grader's requests in the student's process: run a cell, fork a checkpoint, get, set and call; untrusted side.

Everything here shares a process with student code, so nothing it answers is trusted: it is written to be right for honest
submissions, and the grader is written to be safe from the others.
"""

from __future__ import annotations

import marshal
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy
import torch

from autograder.errors import ProtocolError
from autograder.sandbox import arrays, protocol, surroundings
from autograder.sandbox.heap import keep_freed_memory
from autograder.sandbox.loaders import Cap, Record, set_cap
from autograder.sandbox.shell import describe, open_stream, run_cell
from autograder.sandbox.timing import Known, time_limit
from autograder.sandbox.watch import ForbiddenWatch, watch_threads

_equal, _as_plain = torch.equal, torch.Tensor.as_subclass
SMALL_FRAME = 1 << 16  # bytes; most requests come in one read
SMALL = 1 << 18  # elements; larger arguments are compared by their version alone


class Unset:
    """Stands for a namespace entry that does not exist."""


AHEAD = 0.25
"""Seconds from which on no further call of several is made in one request: a test that fails must not wait for those that it does
not come to, nor must one call that hangs have the time of all."""


class Packed:
    """An answer's value, ready to be sent, and how the last of several calls ended if it raised."""

    def __init__(self, content: Any, last: dict[str, Any] | None):
        self.content, self.last = content, last


class Server:
    """One student process's end of the line.

    Attributes:
        objects: what the grader holds references to, by number.
        named: numbers of those among them that are global variables: they are held from one test case to the next.
        limits: what the grader said of functions that take long.
        known: tensors that came from the grader, by their number there: the tensor, and a copy to compare it with.
    """

    def __init__(self, channel: socket.socket, shell: Any, null: int, forbidden: tuple[str, ...]):
        self.channel, self.shell, self.null = channel, shell, null
        self.forbidden = forbidden
        self.verdicts: dict[Any, str | None] = {}
        self.record = Record()
        self.limits = Known()
        self.objects: dict[int, Any] = {}
        self.numbered = 0
        self.named: set[int] = set()
        self.known: dict[int, tuple[torch.Tensor, torch.Tensor | None, int]] = {}
        self.sources: dict[int, Any] = {}
        self.descriptor: int | None = None
        self.payload = protocol.Payload()
        self.operations: dict[str, Callable[[dict[str, Any]], Any]] = {
            "cell": self._cell,
            "fork": self._fork,
            "names": self._names,
            "record": lambda request: self.record,
            "get": lambda request: getattr(request["v"], request["n"]),
            "set": lambda request: setattr(request["v"], request["n"], request["w"]),
            "del": lambda request: delattr(request["v"], request["n"]),
            "call": lambda request: request["v"](*request["a"], **request["w"]),
            "ahead": self._ahead,
            "method": lambda request: getattr(request["v"], request["n"])(*request["a"], **request["w"]),
            "item": lambda request: request["v"][request["n"]],
            "setitem": lambda request: request["v"].__setitem__(request["n"], request["w"]),
            "len": lambda request: len(request["v"]),
            "iter": lambda request: list(request["v"]),
            "in": lambda request: request["n"] in request["v"],
            "bool": lambda request: bool(request["v"]),
            "repr": lambda request: repr(request["v"])[:10_000],
            "dir": lambda request: [name for name in dir(request["v"]) if isinstance(name, str)],
            "seed": self._seed,
            "single": self._single,
        }

    def serve(self) -> None:
        """Answer requests until the grader closes the line."""
        while True:
            frame = self._receive()
            if frame is None:
                return
            sequence, body, payload = frame
            self._answer(sequence, protocol.decode_message(body), payload)

    def _receive(self) -> tuple[int, bytearray, bytearray] | None:
        frame = bytearray()  # one request at a time is under way, so what comes belongs to this frame
        while len(frame) < protocol.HEADER.size:
            chunk, ancillary, _, _ = self.channel.recvmsg(SMALL_FRAME, socket.CMSG_LEN(4))
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    (self.descriptor,) = struct.unpack("i", value[:4])
            if not chunk:
                return None
            frame += chunk
        sequence, size, payload_size = protocol.decode_header(bytes(frame[: protocol.HEADER.size]))
        start, end = protocol.HEADER.size, protocol.HEADER.size + size
        body = frame[start:end]
        payload = frame[end : end + payload_size]
        return sequence, body + self._read(size - len(body)), payload + self._read(payload_size - len(payload))

    def _read(self, size: int) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            count = self.channel.recv_into(view)
            if not count:
                os._exit(0)  # the grader is gone
            view = view[count:]
        return buffer

    def _answer(self, sequence: int, request: dict[str, Any], raw: bytearray) -> None:
        payload = protocol.Payload()
        received = protocol.Received(raw)

        def arrived(message: dict[str, Any]) -> Any:
            return self._unpack_special(message, received)

        def leaving(value: Any) -> Any:
            return self._pack_special(value, payload)

        self.payload = payload
        watch = ForbiddenWatch(self.forbidden, self.verdicts) if request.get("watch") else None
        if request.pop("z", False):
            self._clear()
        if "lim" in request:
            brief, asked, slow = request.pop("lim")
            self.limits = Known(frozenset(asked), brief, {(cell, name) for cell, name in slow})
        for number in request.pop("f", ()):  # the test has let go of these
            self.known.pop(number, None)
        try:
            request = {key: protocol.unpack(value, arrived) for key, value in request.items()}
            seconds = request.get("t")
            with time_limit(seconds, self.limits) if seconds else nullcontext(), watch or nullcontext():
                value = self.operations[request["o"]](request)
            before = self.numbered
            packed = value if type(value) is Packed else Packed(protocol.pack(value, leaving), None)
            answer = {"v": packed.content}
            if packed.last is not None:
                answer["l"] = packed.last
            if request["o"] == "names":
                self.named.update(range(before + 1, self.numbered + 1))
        except BaseException as error:
            payload = protocol.Payload()
            answer = {"e": _described(error)}
        answer["m"] = self._changes(payload)
        if watch is not None and watch.seen:
            answer["x"] = list(watch.seen)[:50]
        try:
            buffers = protocol.encode_frame(sequence, answer, payload)
        except ProtocolError as error:
            payload = protocol.Payload()
            buffers = protocol.encode_frame(sequence, {"e": describe(error) | {"kind": "TooLarge"}}, payload)
        protocol.send_all(self.channel, buffers)

    def _unpack_special(self, message: dict[str, Any], payload: protocol.Received) -> Any:
        kind, number = message["k"], message.get("i", 0)
        if kind == "R":
            return self.objects[number]
        if kind == "S":
            if number not in self.sources:
                space: dict[str, Any] = {"__name__": "student_side", "torch": torch}
                exec(marshal.loads(message["b"]), space)
                self.sources[number] = space[message["n"]]
            return self.sources[number]
        if kind == "A":
            return arrays.unpack_array(message, payload)
        if "d" not in message:
            return self.known[number][0]
        fresh = protocol.unpack_tensor(message, payload)
        if not number:
            return fresh
        if number in self.known and self.known[number][0].shape == fresh.shape:
            tensor = self.known[number][0]
            with torch.no_grad():
                tensor.copy_(fresh)
        else:
            tensor = fresh
        self._remember(number, tensor)
        return tensor

    def _remember(self, number: int, tensor: torch.Tensor) -> None:
        copy = tensor.detach().clone() if tensor.numel() <= SMALL else None
        self.known[number] = (tensor, copy, tensor._version)

    def _changes(self, payload: protocol.Payload) -> list[Any]:
        """The grader's own tensors that student code has changed since they were last in step."""
        changed = []
        for number, (tensor, copy, version) in list(self.known.items()):
            try:
                same = tensor._version == version if copy is None else _equal(tensor.detach(), copy)
                grad_changed = tensor.is_leaf and tensor.grad is not None
                if same and not grad_changed:
                    continue
                changed.append([number, protocol.pack_tensor(tensor, payload)])
                self._remember(number, tensor)
            except (ProtocolError, RuntimeError):
                del self.known[number]  # resized or freed by the student: the test's own copy stays as it was
        return changed

    def _pack_special(self, value: Any, payload: protocol.Payload) -> Any:
        if isinstance(value, torch.Tensor):
            with torch._C.DisableTorchFunctionSubclass():
                plain = value if type(value) in (torch.Tensor, torch.nn.Parameter) else _as_plain(value, torch.Tensor)
                if protocol.can_cross(plain):
                    return protocol.pack_tensor(plain, payload)
        if isinstance(value, torch.Size):
            return {"k": "t", "v": [int(n) for n in value]}
        if isinstance(value, (numpy.generic, numpy.ndarray)) and value.ndim == 0:
            value = value.item()  # a loss that was made ready for plotting, a size that numpy computed
        if arrays.can_cross(value):
            return arrays.pack_array(value, payload)
        for kind in (bool, float, str):
            if isinstance(value, kind):
                return kind(value)
        if isinstance(value, int) and value in protocol._INT_RANGE:
            return int(value)
        self.numbered += 1
        self.objects[self.numbered] = value
        return {"k": "R", "i": self.numbered, "n": type(value).__name__[:200], "c": callable(value)}

    def _ahead(self, request: dict[str, Any]) -> Packed:
        """Make one call after the other until one raises or it is late; each answer is packed before the next may change it."""
        payload, values, until = self.payload, list[Any](), time.monotonic() + AHEAD
        payload.copying = True
        for arguments in request["a"]:
            try:
                value = request["v"](*arguments)
            except BaseException as error:
                return Packed(values, _described(error))
            try:
                values.append(protocol.pack(value, lambda special: self._pack_special(special, payload)))
            except ProtocolError:
                break  # too much for one answer: this call is made again for itself
            if time.monotonic() > until:
                break
        return Packed(values, None)

    def _cell(self, request: dict[str, Any]) -> dict[str, Any]:
        cap = request["c"]
        if cap is not None:
            set_cap(Cap(cap["samples"], cap["snapshot"], self.shell.user_ns, self.record))
        try:
            return run_cell(self.shell, request["n"], request["s"], request["w"], self.limits)
        finally:
            set_cap(None)

    def _names(self, request: dict[str, Any]) -> dict[str, Any]:
        space = self.shell.user_ns
        return {name: space[name] for name in request["n"] if name in space}

    def _seed(self, request: dict[str, Any]) -> None:
        import random

        torch.manual_seed(request["n"])
        random.seed(request["n"])
        numpy.random.seed(request["n"] % (1 << 32))

    def _single(self, request: dict[str, Any]) -> bool:
        """Make single precision the default again. Whether it was not."""
        other = torch.get_default_dtype() is not torch.float32
        torch.set_default_dtype(torch.float32)
        return other

    def _clear(self) -> None:
        """Forget what an earlier test case had been given, save for the global variables it asked for."""
        self.objects = {number: value for number, value in self.objects.items() if number in self.named}
        self.known.clear()
        self.sources.clear()  # each test case numbers its own

    def _fork(self, request: dict[str, Any]) -> int:
        """Fork a checkpoint that serves the descriptor that came with the request. Returns its process id."""
        descriptor = self.descriptor
        if descriptor is None:
            raise ProtocolError("a fork without a line to serve")
        self.descriptor = None
        _reap()
        pid = os.fork()
        if pid:
            os.close(descriptor)
            return pid
        try:
            self.channel.close()
            self.channel = socket.socket(fileno=descriptor)
            for standard in (1, 2):  # what is printed while hidden tests run is nobody's business
                os.dup2(self.null, standard)
            self._clear()
            self.serve()
        finally:
            os._exit(0)


def _described(error: BaseException) -> dict[str, Any]:
    return describe(error) | {"attribute": isinstance(error, AttributeError)}


def _reap() -> None:
    """Collect descendants that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main(channel: socket.socket, shell: Any, null: int, forbidden: tuple[str, ...]) -> None:
    """Serve until the grader hangs up; never returns."""
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115  # `input()` meets the end of the file while the process lives
    # The grader's own stream objects may lead elsewhere (a captured or redirected one), or hold text of the grader's.
    sys.stdout, sys.stderr = open_stream(1), open_stream(2)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]  # final for others
    keep_freed_memory()
    surroundings.begin(Path.cwd().parent)
    watch_threads()
    try:
        Server(channel, shell, null, forbidden).serve()
    finally:
        os._exit(0)
