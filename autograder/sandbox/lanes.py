"""Starts the trusted helper processes of one grader run, and gives each judge its share of them.

    ground = Ground.prepare(...)           forks the warden, while there is little in memory
    sandbox = Sandbox.launch(ground, ...)  imports once, forks the zygote
    lane = sandbox.lanes[0]                one judge's share: control lines and a user id
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.config import SandboxSection
from autograder.errors import SandboxError
from autograder.sandbox import control, host, hugepages, warden, zygote
from autograder.sandbox.cores import Cores
from autograder.sandbox.ground import Ground


@dataclass(frozen=True)
class Lane:
    """One judge's share of the sandbox: no two judges ever use the same one at the same time."""

    zygote: socket.socket
    warden: socket.socket
    root: Path
    uid: int | None
    limits: SandboxSection
    data: Path
    number: int
    cores: Cores

    def forget_answers(self) -> None:
        """Drop answers to a judge that is gone, so that the next one does not take them for its own."""
        for line in (self.zygote, self.warden):
            while select.select([line], [], [], 0.2)[0]:
                if not line.recv(control.MAX_PACKET):
                    break


@dataclass
class Sandbox:
    """The trusted helper processes of one grader run.

    Attributes:
        root: folder of this run, below the system's temporary folder; `data` in it is what workers may read.
    """

    root: Path
    lanes: list[Lane]
    _warden: warden.Warden
    _zygote: zygote.Zygote
    _slots: list[host.UserSlot] = field(default_factory=list)

    @classmethod
    def launch(
        cls,
        ground: Ground,
        limits: SandboxSection,
        forbidden: tuple[str, ...],
        *,
        fill: Callable[[Path], None] = lambda folder: None,
        many: bool = False,
    ) -> Sandbox:
        """Import what student code will want and fork the zygote. Call it before anything secret is in memory.

        `many`: a batch is coming, so that work which makes every fork cheaper pays off.
        `fill` writes what workers may read into the folder that it is given; it runs while the imports do.
        """
        root, keeper, slots = ground.root, ground.warden, ground.slots
        filling = _in_background(fill, root / "data")
        shell = zygote.prepare()
        if many:
            hugepages.collapse_own_memory()
        if os.waitpid(filling, 0)[1] != 0:
            raise SandboxError(f"the assignment's data could not be unpacked below {root}: is the disk full?")
        source = zygote.Zygote(shell, forbidden, ground.lanes, close=keeper.lines, apart=bool(slots))
        uids: list[int | None] = [slot.uid for slot in slots] if slots else [None] * ground.lanes
        cores = Cores(ground.lanes)
        shares = [
            Lane(zygote=line, warden=guard, root=root, uid=uid, limits=limits, data=root / "data", number=number, cores=cores)
            for number, (line, guard, uid) in enumerate(zip(source.lines, keeper.lines, uids, strict=True))
        ]
        return cls(root, shares, keeper, source, list(slots))

    @property
    def zygote_pid(self) -> int:
        """The process that workers are forked from; between submissions it has no children."""
        return self._zygote.pid

    def close(self) -> None:
        """Hang up on the helpers, which then clear up, and wait until they have.

        Judges may still be at work if what used them was interrupted, and they hold copies of the lines: hence `shutdown`.
        """
        for line in (*self._zygote.lines, *self._warden.lines):
            with contextlib.suppress(OSError):  # the helper is gone already
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for pid in (self._zygote.pid, self._warden.pid):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        for slot in self._slots:
            slot.release()
        shutil.rmtree(self.root, ignore_errors=True)


def _in_background(work: Callable[[Path], None], folder: Path) -> int:
    """Process id of a child that does `work` and ends with 0, or with 1 after printing what went wrong."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.umask(0o022)
            work(folder)
            status = 0
        except OSError as error:
            os.write(2, f"{error}\n".encode())
        finally:
            os._exit(status)
    return pid
