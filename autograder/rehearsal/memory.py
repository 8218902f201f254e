"""Measures the memory of a process and all below it while they run: what they would take if nothing else were on the machine.

Own pages count by their share (PSS). Pages of files count once for each file, at the most that one of the processes has of it:
the share of a library that other programs of the machine use as well would be too small. Source: proc_pid_smaps(5).
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

_EVERY: Final = 0.2
_DETAIL: Final = 0.03
"""Seconds between looks; growth, as a share, behind which a look is taken at each file."""
_PAGE: Final = 4096
_HEAD = re.compile(r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) \S+ \S+ \S+ (?P<inode>\d+)\s*(?P<path>.*)$")
_OF_MEMORY = re.compile(r"/memfd:|/dev/zero|/SYSV|/dev/shm/")
_OF_CUDA = re.compile(
    r"/nvidia/|/triton/|lib(torch_cuda|c10_cuda|caffe2_nvrtc|cuda|cu[a-z]+|nv[a-zA-Z]+|nccl)[-_.0-9a-zA-Z]*\.so"
)


@dataclass(frozen=True)
class Memory:
    """The memory of a tree of processes when it was largest, in MiB.

    Attributes:
        pss: sum of proportional set sizes.
        own: pages of no file, or that differ from their file.
        shared: files that are in memory alone, such as tensors that all of a submission's processes read.
        files: path -> MiB of it that is in memory, the most of any process.
        cuda: what of all this is of libraries for graphics cards, with the room that they ask for behind themselves.
        processes: how many there were.
    """

    pss: float = 0.0
    own: float = 0.0
    shared: float = 0.0
    files: dict[str, float] = field(default_factory=dict)
    cuda: float = 0.0
    processes: int = 0

    @property
    def total(self) -> float:
        """Own and shared pages, and each file once."""
        return self.own + self.shared + sum(self.files.values())


class Watch:
    """Looks at a process and all below it until it is stopped."""

    def __init__(self, pid: int):
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._largest = Memory()
        self._thread.start()

    def stop(self) -> Memory:
        """What there was at most."""
        self._done.set()
        self._thread.join()
        return self._largest

    def _look(self) -> None:
        """Take sums often, and a look at each file where they have grown: that costs more, and files change less."""
        seen, files, cuda = 0.0, dict[str, float](), 0.0
        while not self._done.is_set():
            began = time.monotonic()
            pids = list(tree(self._pid))  # all before the first is read: what a new child shares would count here and there
            members = [sums for pid in pids if (sums := _sums(pid))]
            pss, own, shared = (sum(sums.get(key, 0.0) for sums in members) for key in ("Pss", "Pss_Anon", "Pss_Shmem"))
            if pss > seen * (1 + _DETAIL):
                seen = pss
                files, cuda = _detailed(pids, files, cuda)
            now = Memory(pss, own, shared, dict(files), cuda, len(members))
            if now.total > self._largest.total:
                self._largest = now
            self._done.wait(max(_EVERY, 2 * (time.monotonic() - began)))


def tree(pid: int) -> Iterator[int]:
    """A process and all below it, as far as they are still there when they are looked at."""
    yield pid
    for child in _children(pid):
        yield from tree(child)


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):  # the process has ended, or one of its threads
        for task in os.listdir(f"/proc/{pid}/task"):  # pathlib asks whether it exists, and then trips
            with contextlib.suppress(OSError):
                yield from map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())


def _sums(pid: int) -> dict[str, float]:
    """MiB of a process by kind; nothing if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.startswith("Pss"))
    return {key: int(rest.split()[0]) / 1024 for key, rest in pairs}


def _detailed(pids: list[int], files: dict[str, float], cuda: float) -> tuple[dict[str, float], float]:
    """MiB of each file that is in memory as it is on the disk, and of libraries for graphics cards in all; or what was known,
    where that is more: a process may end while it is looked at.
    """
    found, changed = defaultdict(float, files), defaultdict[str, float](float)
    for pid in pids:
        here, differs = _of_process(pid)
        for path, size in here.items():
            found[path] = max(found[path], size)
        for path, size in differs.items():
            changed[path] = max(changed[path], size)
    theirs = sum(size for counted in (found, changed) for path, size in counted.items() if _OF_CUDA.search(path))
    return dict(found), max(cuda, theirs)


def _of_process(pid: int) -> tuple[dict[str, float], dict[str, float]]:
    """MiB by file: as on the disk, and of pages that differ or that begin as zeros."""
    same, differs = defaultdict[str, float](float), defaultdict[str, float](float)
    path, end = "", ""
    try:
        text = Path(f"/proc/{pid}/smaps").read_text()
    except OSError:
        return same, differs
    for line in text.splitlines():
        if head := _HEAD.match(line):
            path = _belongs_to(head, path if head["start"] == end else "")
            end = head["end"]
        elif path and line.startswith("Rss:"):
            same[path] += int(line.split()[1]) / 1024
        elif path and line.startswith("Anonymous:"):
            size = int(line.split()[1]) / 1024
            same[path] -= size
            differs[path] += size
    return same, differs


def _belongs_to(head: re.Match[str], before: str) -> str:
    """What a mapping is of: a file of a disk, nothing, or the library before it, of which it holds what begins as zeros."""
    if head["inode"] != "0":
        return "" if _OF_MEMORY.match(head["path"]) else head["path"]
    size = int(head["end"], 16) - int(head["start"], 16)
    return before if _OF_CUDA.search(before) and size <= _zeros(before) else ""


@lru_cache(maxsize=1024)
def _zeros(library: str) -> int:
    """Bytes of a shared library that are not in its file, a page more at each end; 0 if it cannot be read as 64-bit ELF."""
    try:
        with Path(library).open("rb") as file:
            head = file.read(64)
            offset, size, entries = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
            file.seek(offset)
            table = file.read(size * entries)
    except (OSError, struct.error):
        return 0
    found = 0
    for at in range(0, len(table) - size + 1, size or 56):
        kind, _, _, _, _, in_file, in_memory, _ = struct.unpack_from("<IIQQQQQQ", table, at)
        found += in_memory - in_file + 2 * _PAGE if kind == 1 and head[:5] == b"\x7fELF\x02" else 0  # PT_LOAD
    return found
