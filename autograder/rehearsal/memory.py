"""Measures the memory of a process and all below it while they run: what they would take if nothing else were on the machine.

Own pages count by their share (PSS). Pages of files count once for each file, at the most that one of the processes has of it:
the share of a library that other programs of the machine use as well would be too small. Source: proc_pid_smaps(5).
"""

from __future__ import annotations

import re
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

_EVERY: Final = 0.2
_DETAIL: Final = 0.03
"""Seconds between looks; growth, as a share, behind which a look is taken at each file."""
_PAGE: Final = 4096
_HEAD = re.compile(r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) \S+ \S+ \S+ (?P<inode>\d+)\s*(?P<path>.*)$")
_OF_MEMORY = re.compile(r"/memfd:|/dev/zero|/SYSV|/dev/shm/")
_IN_MEMORY: Final = "in memory"
_OF_CUDA = re.compile(
    r"/nvidia/|/triton/|lib(torch_cuda|c10_cuda|caffe2_nvrtc|cuda|cu[a-z]+|nv[a-zA-Z]+|nccl)[-_.0-9a-zA-Z]*\.so"
)


@dataclass(frozen=True)
class Memory:
    """The memory of a tree of processes at its largest, in MiB.

    Attributes:
        pss: largest sum of proportional set sizes.
        own: pages of no file.
        shared: files that are in memory alone, such as the training images that all of a submission's processes read.
        files: path -> MiB of it that is in memory, the most of any process; with the room that a library asks for behind itself.
        processes: how many there were.
    """

    pss: float = 0.0
    own: float = 0.0
    shared: float = 0.0
    files: dict[str, float] = field(default_factory=dict)
    processes: int = 0

    @property
    def total(self) -> float:
        """Own and shared pages, and each file once."""
        return self.own + self.shared + sum(self.files.values())

    @property
    def cuda(self) -> float:
        """What of it is libraries for graphics cards."""
        return sum(size for path, size in self.files.items() if _OF_CUDA.search(path))


class Watch:
    """Looks at a process and all below it until it is stopped."""

    def __init__(self, pid: int):
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._largest = Memory()
        self._pss = 0.0
        self._thread.start()

    def stop(self) -> Memory:
        """What there was at most."""
        self._done.set()
        self._thread.join()
        largest = self._largest
        return replace(largest, pss=max(self._pss, largest.pss))

    def _look(self) -> None:
        while not self._done.is_set():
            began = time.monotonic()
            members = list(tree(self._pid))
            pss = sum(_rollup(pid) for pid in members)
            if pss > self._pss * (1 + _DETAIL):
                seen = _detailed(members, pss)
                if seen.total > self._largest.total:
                    self._largest = seen
                self._pss = pss
            self._pss = max(self._pss, pss)
            self._done.wait(max(_EVERY, 2 * (time.monotonic() - began)))


def tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from tree(int(child))


def _rollup(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _detailed(pids: list[int], pss: float) -> Memory:
    files: Counter[str] = Counter()
    own = shared = 0.0
    counted = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps").read_text()
        except OSError:
            continue
        counted += 1
        here: Counter[str] = Counter()
        path, end = "", ""
        for line in text.splitlines():
            if head := _HEAD.match(line):
                path = _belongs_to(head, path if head["start"] == end else "")
                end = head["end"]
                continue
            key, _, rest = line.partition(":")
            if key == ("Pss" if path in ("", _IN_MEMORY) else "Rss"):
                here[path] += int(rest.split()[0])
        own += here.pop("", 0) / 1024
        shared += here.pop(_IN_MEMORY, 0) / 1024
        for name, size in here.items():
            files[name] = max(files[name], size)
    return Memory(pss, own, shared, {name: size / 1024 for name, size in files.items() if size}, counted)


def _belongs_to(head: re.Match[str], before: str) -> str:
    """What a mapping is of: a file, nothing, or the library right before it, of which it holds what begins as zeros (bss)."""
    if _OF_MEMORY.match(head["path"]):
        return _IN_MEMORY
    if head["inode"] != "0":
        return head["path"]
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
