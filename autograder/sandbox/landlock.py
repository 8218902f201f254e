"""Landlock: a list of what the calling process may still read and write, which it can never widen again.

Source: the kernel's Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h (ABI 1 to 6).
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
import sysconfig
from pathlib import Path

from autograder.results import LANDLOCK, Layer

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_VERSION_FLAG, _PATH_BENEATH = 1, 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _READ_FILE | _READ_DIR
_NET_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract unix sockets, signals

_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
    "/etc/fonts", "/dev/urandom", "/dev/random", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/sys/devices/system/cpu",
)  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


class _RulesetAttr(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """Landlock's version in the running kernel; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def interpreter_folders() -> set[str]:
    """Where the interpreter and its packages are: prefixes, and every site-packages folder that imports look into."""
    sites = {entry for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}}
    return {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *sites}


def restrict(readable: tuple[Path, ...], scratch: Path) -> Layer:
    """Allow reading the interpreter, its packages and `readable`, everything in `scratch`, and nothing else.

    Returns the layer as applied or missing. Needs no_new_privs to be set already.
    """
    name, version = LANDLOCK, abi()
    if version == 0:
        return Layer(name=name, applied=False, reason="the kernel does not offer it")
    handled = (1 << 13) - 1
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    handled |= _IOCTL_DEV if version >= 5 else 0
    attr = _RulesetAttr(handled, _NET_TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.byref(attr), size, 0)
    if ruleset < 0:
        return Layer(name=name, applied=False, reason=os.strerror(ctypes.get_errno()))
    own = handled & ~(_MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _MAKE_FIFO | _EXECUTE | _IOCTL_DEV)
    try:
        for path in sorted(interpreter_folders() | set(_SYSTEM) | {str(entry) for entry in readable}):
            _allow(ruleset, Path(path), _READ & handled)
        _allow(ruleset, Path("/dev/null"), (_READ_FILE | _WRITE_FILE) & handled)
        _allow(ruleset, scratch, own)
        if _libc.syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            return Layer(name=name, applied=False, reason=os.strerror(ctypes.get_errno()))
    finally:
        os.close(ruleset)
    return Layer(name=name, applied=True, reason=f"ABI {version}")


def _allow(ruleset: int, path: Path, rights: int) -> None:
    """Add one rule; a path that does not exist needs none."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FILE_RIGHTS
        rule = _PathBeneathAttr(rights, descriptor)
        if _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))
    finally:
        os.close(descriptor)
