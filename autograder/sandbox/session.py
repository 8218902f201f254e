"""Runs one submission's code: a worker forked from the zygote, checkpoints forked from the worker, and nothing left at the end.

    with Session(lane, ...) as session:    one submission; `lanes` says where a lane is from
        worker = session.spawn()
        worker.run_cell(1, source, seconds=30)
        checkpoint = worker.fork()
        checkpoint.namespace(seconds=10).lookup(("Linear",))
"""

from __future__ import annotations

import math
import os
import select
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import msgspec

from autograder.errors import ProtocolError, SandboxError, StudentException, WorkerError, WorkerTimeout
from autograder.results import LANDLOCK, Layer
from autograder.sandbox import control, protocol, warden
from autograder.sandbox.connection import AGAIN, Connection, Output
from autograder.sandbox.lanes import Lane
from autograder.sandbox.overruns import Overruns
from autograder.sandbox.remote import Namespace

SPAWN_SECONDS = 20.0
FORK_SECONDS = 10.0
PLACE = """\
for __placed__ in {pieces!r}:
    try:
        __import__("os").makedirs(__import__("os").path.dirname(__placed__[0]) or ".", exist_ok=True)
        with open(__placed__[0], __placed__[1], encoding="utf-8", newline="") as __place__: __place__.write(__placed__[2])
    except OSError: pass
del __placed__
globals().pop("__place__", None);
"""
PIECE = 1 << 16
"""Characters that one cell places; Python may write ten for each of them, and a frame holds a mebibyte."""


def placing(files: Mapping[str, str]) -> Iterator[str]:
    """Cells that write these files, each of them no more than fits into a frame."""
    pieces: list[tuple[str, str, str]] = []
    size = 0
    for name, text in files.items():
        for start in range(0, max(1, len(text)), PIECE):
            piece = text[start : start + PIECE]
            if pieces and size + len(piece) > PIECE:
                yield PLACE.format(pieces=pieces)
                pieces, size = [], 0
            pieces.append((name, "a" if start else "w", piece))
            size += len(piece) + len(name)
    if pieces:
        yield PLACE.format(pieces=pieces)


class Session:
    """Everything that runs for one submission; leaving it ends every process and removes every file."""

    def __init__(
        self,
        lane: Lane,
        output_limit: int,
        files: Mapping[str, str] = MappingProxyType({}),
        given: Mapping[str, bytes] = MappingProxyType({}),
        overruns: Overruns | None = None,
    ):
        """`files`: path, from the folder that cells run in, and text of what was handed in with them.

        `given`: the same of the assignment's own files. Each worker finds all of them as they were.

        `overruns`: how long functions may take; by default, as long as the cell or the test that calls them.
        """
        self.lane, self._files, self._given = lane, files, given
        self.layers: tuple[Layer, ...] = ()
        self.core_seconds = 0.0
        self.overruns = overruns or Overruns()
        self._allowed = os.sched_getaffinity(0)
        self._core = lane.cores.settle(lane.number)
        self._leaders: list[int] = []
        self._connections: list[Connection] = []
        reading, self._writing = os.pipe2(os.O_CLOEXEC)
        self.output = Output(reading, output_limit)
        self.scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=lane.root))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def spawn(self) -> Worker:
        """A fresh worker with an empty namespace and an empty scratch folder. Raises SandboxError if none can be had."""
        self._fresh_scratch()
        ours, theirs = socket.socketpair()
        limits = self.lane.limits
        try:
            answer = control.ask(
                self.lane.zygote,
                {
                    "op": "spawn",
                    "scratch": str(self.scratch),
                    "uid": self.lane.uid,
                    "readable": [str(self.lane.data)],
                    "memory": limits.memory_mib << 20,
                    "cpu_seconds": limits.cpu_seconds,
                    "processes": limits.processes,
                    "open_files": limits.open_files,
                    "file_bytes": limits.file_mib << 20,
                    "core": self._core,
                },
                [theirs.fileno(), self._writing],
            )
        finally:
            theirs.close()
        leader = answer["pid"]
        self._leaders.append(leader)
        control.ask(self.lane.warden, {"op": "watch", "uid": self.lane.uid, "pid": None if self.lane.uid else leader})
        greeting = _read_greeting(ours)
        if "failed" in greeting:
            raise SandboxError(f"the worker could not be confined: {greeting['failed']}")
        self.layers = tuple(Layer(name=name, applied=applied, reason=why) for name, applied, why in greeting["layers"])
        worker = Worker(self, self._connect(ours, leader))
        if self._files:
            # By the worker itself: what it may not write is not written.
            for source in placing(self._files):
                worker.run_cell(0, source, seconds=FORK_SECONDS)
        return worker

    def _connect(self, line: socket.socket, pid: int, told: int = 0) -> Connection:
        """`told`: what the process knows of `overruns` because that of which it is a copy did."""
        end = partial(warden.end_process, self.lane.warden, self.lane.uid, pid)
        connection = Connection(line, self.output, end, self.overruns, told)
        self._connections.append(connection)
        return connection

    def _fresh_scratch(self) -> None:
        """`work` to run in, `tmp` for files, and `data` beside `work`, where the assignment looks for its data."""
        if any(self.scratch.iterdir()):
            warden.remove(self.lane.warden, self.scratch)
            self.scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.lane.root))
        for name in ("work", "tmp"):
            (self.scratch / name).mkdir()
        (self.scratch / "data").symlink_to(self.lane.data)
        if not any(name.partition("/")[0] == "data" for name in self._given):
            (self.scratch / "work" / "data").symlink_to(self.lane.data)
        self._place_given()
        if self.lane.uid is not None:
            for path in (self.scratch / "tmp", self.scratch):  # the outer one last: what an earlier worker left may wait for it
                os.chown(path, self.lane.uid, self.lane.uid, follow_symlinks=False)

    def _place_given(self) -> None:
        """Put the assignment's own files into `work`, and give all of it to the worker's user.

        `work` is handed over last: until then nobody can lead a file of the grader's elsewhere by a link.
        """
        work = self.scratch / "work"
        for name, content in self._given.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if self.lane.uid is not None:
            for path in sorted(work.rglob("*"), reverse=True):
                if not path.is_symlink():
                    os.chown(path, self.lane.uid, self.lane.uid)
            os.chown(work, self.lane.uid, self.lane.uid)

    def close(self) -> None:
        """End every process of this submission and remove its files."""
        for connection in self._connections:
            connection.close()
        try:
            if self.lane.uid is not None:
                warden.end_user(self.lane.warden, self.lane.uid)
                if not any(layer.name == LANDLOCK and layer.applied for layer in self.layers):
                    warden.sweep(self.lane.warden, self.lane.uid)
            for leader in self._leaders:
                if self.lane.uid is None:
                    warden.end_session(self.lane.warden, leader)
                self.core_seconds += control.ask(self.lane.zygote, {"op": "end", "pid": leader})["cpu"]
            self._leaders.clear()
        finally:
            self.lane.cores.leave(self.lane.number, self._allowed)
            os.close(self._writing)
            os.close(self.output.descriptor)
            warden.remove(self.lane.warden, self.scratch)


def _read_greeting(line: socket.socket) -> dict[str, Any]:
    """The worker's first words, spoken before any student code ran."""
    deadline = time.monotonic() + SPAWN_SECONDS
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
        if not select.select([line], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise SandboxError("the worker did not start in time")
        chunk = line.recv(4096)
        if not chunk:
            raise SandboxError("the worker ended before it was ready")
        data += chunk
    greeting: dict[str, Any] = msgspec.msgpack.decode(data[4:])
    return greeting


class CellRun(msgspec.Struct, frozen=True, kw_only=True):
    """How one cell ended; `status` as in `CellResult`."""

    status: str
    seconds: float
    error: str | None = None
    line: int | None = None
    output: str = ""


class Worker:
    """A process that holds a student's namespace: the notebook's own, or a checkpoint forked from it."""

    def __init__(self, session: Session, connection: Connection):
        self._session, self.connection = session, connection

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self.connection.alive

    def namespace(
        self,
        *,
        seconds: float,
        watch: bool = False,
        texts: dict[str, str] | None = None,
        names: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        until: float = math.inf,
    ) -> Namespace:
        """The namespace for one test case; what an earlier case left in tables is dropped."""
        return Namespace(self.connection, seconds=seconds, watch=watch, texts=texts, fresh=True, names=names, until=until)

    def seed(self, seed: int) -> None:
        """Set the seeds of torch, numpy and random over there."""
        self.connection.request({"o": "seed", "n": seed % (1 << 63)}, seconds=FORK_SECONDS)

    def single_precision(self) -> bool:
        """Make single precision the default for new tensors over there. Whether it was not."""
        answer, _ = self.connection.request({"o": "single"}, seconds=FORK_SECONDS)
        other = answer.get("v")
        if type(other) is not bool:
            self.connection.give_up()
            raise ProtocolError("neither yes nor no")
        return other

    def run_cell(
        self, number: int, source: str, *, seconds: float, cap: tuple[int, str] | None = None
    ) -> CellRun:
        """Run one cell. `cap`: samples per pass over a DataLoader, and the variable to copy for the record.

        A cell that ignores its time limit, or ends the process, leaves the worker dead and the status says so.
        """
        started = time.monotonic()
        self.connection.named.clear()  # the cell may give these names to something else
        message = {"o": "cell", "n": number, "s": source, "w": seconds}
        message["c"] = {"k": "d", "v": [["samples", cap[0]], ["snapshot", cap[1]]]} if cap else None
        try:
            answer, _ = self.connection.request(message, seconds=seconds)
            return self._ended(answer.get("v"), time.monotonic() - started)
        except WorkerTimeout:
            status, error = "timeout", f"did not finish within {seconds:g} s and was stopped"
        except StudentException as raised:
            status, error = "raised", str(raised)
        except (WorkerError, AttributeError) as failure:
            self.connection.give_up()
            status, error = "died", str(failure)
        return CellRun(status=status, error=error, seconds=time.monotonic() - started, output=self._session.output.take())

    def _ended(self, value: Any, seconds: float) -> CellRun:
        """`seconds` by the clock here: a time from over there could be anything, NaN included."""
        items = protocol.unpack(value, _refuse)
        status = items.get("status") if type(items) is dict else None
        details = (items.get("error") or {}) if type(items) is dict else None
        if status not in ("ok", "raised", "timeout", "syntax") or type(details) is not dict:
            raise ProtocolError("a cell's end of no known form")
        text, line = None, details.get("line")
        if status == "timeout":
            again = self.connection.overran(details)
            text = "did not finish in time and was stopped" if again is None else f"was stopped early: {AGAIN.format(again)}"
        elif status != "ok":
            kind, said = details.get("kind"), details.get("text")
            if type(kind) is not str or type(said) is not str:
                raise ProtocolError("an error of no known form")
            text = f"{kind[:100]}: {said[:500]}"
        return CellRun(
            status=status,
            error=text,
            line=line if type(line) is int else None,
            seconds=seconds,
            output=self._session.output.take(),
        )

    def fork(self) -> Worker:
        """A checkpoint: a copy of this process as it is now. Raises WorkerError if there is none to be had."""
        ours, theirs = socket.socketpair()
        try:
            answer, _ = self.connection.request({"o": "fork"}, seconds=FORK_SECONDS, descriptor=theirs.fileno())
            pid = answer.get("v")
            if type(pid) is not int or not 1 < pid < 1 << 31:
                self.connection.give_up()
                raise ProtocolError("a process id that cannot be one")
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Worker(self._session, self._session._connect(ours, pid, self.connection.told))

    def close(self) -> None:
        """Hang up; the process leaves by itself if it still can, and is killed at the session's end if not."""
        self.connection.close()


def _refuse(special: dict[str, Any]) -> Any:
    raise ProtocolError("a tensor or reference where plain data is due")
