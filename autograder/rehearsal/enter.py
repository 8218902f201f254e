"""Runs a command as in a container: `python -m autograder.rehearsal.enter SPEC`, a program of its own, which ends as it does.

The command gets namespaces of its own (processes, mounts, network, System V) and the folder that it is given as its whole file
system, with the machine's programs and libraries mounted into it, to be read only. As root it keeps the capabilities that
container engines leave by default. Only the standard library is imported here.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

_NEWNS, _NEWIPC, _NEWPID, _NEWNET = 0x00020000, 0x08000000, 0x20000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 1 << 14, 1 << 18
_PDEATHSIG, _CAPBSET_DROP = 1, 24
_DETACH = 2
_KEPT = frozenset({0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31})
"""chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod, audit_write,
setfcap: see capabilities(7)."""
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Enter, and run the command of the specification, a JSON text.

    `root`: the folder, empty for none. `mounts`: paths of the machine, and whether they are to be written too. `joins`: files of
    control groups to join. `cores`: how many to keep to, 0 for all. `command`, `environment`. Without a command it only tells
    whether a root can be had: exit code 0, or 1 and why.
    """
    spec: dict[str, Any] = json.loads(sys.argv[1])
    _libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for path in spec["joins"]:
        Path(path).write_text("0")
    if spec["cores"]:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: spec["cores"]])
    try:
        if spec["root"]:
            _check(_libc.unshare(_NEWNS | _NEWPID | _NEWNET | _NEWIPC), "unshare")
            _check(_libc.mount(b"none", b"/", None, _REC | _PRIVATE, None), "mount --make-rprivate /")
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
    if not spec["command"]:
        return
    if not spec["root"]:
        _run(spec)
    pid = os.fork()
    if pid == 0:
        try:
            _libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            _move_in(Path(spec["root"]), spec["mounts"])
            _run(spec)
        except OSError as error:
            os.write(2, f"rehearsal: {error.filename}: {error.strerror}\n".encode())
        finally:
            os._exit(125)
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status) & 255)


def _move_in(root: Path, mounts: dict[str, bool]) -> None:
    """Make `root` the file system, with what is mounted from outside; the rest of the machine is out of sight."""
    _check(_libc.mount(os.fsencode(root), os.fsencode(root), None, _BIND, None), f"mount {root}")
    for path, writable in mounts.items():
        _bind(Path(path), root, read_only=not writable)
    (root / "proc").mkdir(exist_ok=True)
    _check(_libc.mount(b"proc", os.fsencode(root / "proc"), b"proc", _NOSUID | _NODEV | _NOEXEC, None), "mount /proc")
    (root / "dev").mkdir(exist_ok=True)
    _check(_libc.mount(b"tmpfs", os.fsencode(root / "dev"), b"tmpfs", _NOSUID, b"mode=755,size=64k"), "mount /dev")
    for name in _DEVICES:
        if Path("/dev", name).exists():
            _bind(Path("/dev", name), root)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (root / "dev" / name).symlink_to(target)
    shared = root / "dev" / "shm"
    shared.mkdir()
    _check(_libc.mount(b"tmpfs", os.fsencode(shared), b"tmpfs", _NOSUID | _NODEV, b"mode=1777,size=64m"), "mount /dev/shm")
    os.chdir(root)
    _check(_libc.syscall(_pivot_root(), b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _DETACH), "umount")
    os.chdir("/")


def _bind(path: Path, root: Path, *, read_only: bool = False) -> None:
    target = root / path.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.touch()
    _check(_libc.mount(os.fsencode(path), os.fsencode(target), None, _BIND | _REC, None), f"mount {path}")
    if read_only:
        _check(_libc.mount(b"none", os.fsencode(target), None, _REMOUNT | _BIND | _RDONLY, None), f"remount {path}")


def _run(spec: dict[str, Any]) -> None:
    """Become the command, without the capabilities that a container does not have."""
    if os.geteuid() == 0:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
        for capability in set(range(last + 1)) - _KEPT:
            _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    os.execve(spec["command"][0], spec["command"], spec["environment"])


def _pivot_root() -> int:
    return {"x86_64": 155, "aarch64": 41}[os.uname().machine]


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


if __name__ == "__main__":
    main()
