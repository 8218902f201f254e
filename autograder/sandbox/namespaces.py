"""Gives the zygote, and so all workers, namespaces of their own where the platform allows: processes, network, mounts, System V.

Processes: what runs in there can neither see nor signal anything outside, and the kernel ends all of it with the zygote.
Network: there is none, not even loopback. Source: pid_namespaces(7), network_namespaces(7), mount_namespaces(7), unshare(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable

from autograder.results import Layer

NAME = "own namespaces for processes and network"

_NEWNS, _NEWIPC, _NEWPID, _NEWNET = 0x00020000, 0x08000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)


def fork_apart(child: Callable[[Layer], None]) -> int:
    """Fork; `child` runs in the new process, which must not return from it, in namespaces of its own if they can be had.

    It is told the layer as applied or missing. Returns the new process's id here.
    """
    reason = _forked_inside(child) if sys.platform == "linux" else "only Linux has them"
    if isinstance(reason, int):
        return reason
    return without(child, reason)


def without(child: Callable[[Layer], None], reason: str) -> int:
    """As `fork_apart` where there are none to be had, and `reason` says why."""
    pid = os.fork()
    if pid == 0:
        try:
            child(Layer(name=NAME, applied=False, reason=reason))
        finally:
            os._exit(0)
    return pid


def _forked_inside(child: Callable[[Layer], None]) -> int | str:
    """The new process's id, or why there is none."""
    before = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.unshare(_NEWPID) != 0:  # for the next child, not for this process
            return f"unshare: {os.strerror(ctypes.get_errno())}"
        told, tell = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            try:
                os.close(told)
                failure = _enter()
                os.write(tell, (failure or "ok").encode())
                os.close(tell)
                if not failure:
                    child(Layer(name=NAME, applied=True))
            finally:
                os._exit(0)
        os.close(tell)
        with os.fdopen(told, "rb") as pipe:
            said = pipe.read().decode()
        if said == "ok":
            return pid
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        return said or "the process that was to enter them was lost"
    finally:
        _libc.setns(before, _NEWPID)  # later children are to be where this process is
        os.close(before)


def _enter() -> str:
    """Make the rest of the namespaces, with a /proc that shows only what is in them. Returns what failed, or ""."""
    proc = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    steps: tuple[tuple[str, Callable[[], int]], ...] = (
        ("unshare", lambda: _libc.unshare(_NEWNS | _NEWNET | _NEWIPC)),
        ("mount --make-rprivate /", lambda: _libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)),
        ("mount /proc", lambda: _libc.mount(b"proc", b"/proc", b"proc", proc, None)),
    )
    for name, step in steps:
        if step() != 0:
            return f"{name}: {os.strerror(ctypes.get_errno())}"
    return ""
